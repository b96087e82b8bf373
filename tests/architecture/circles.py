"""Circles among files, found in the graph of their imports."""

import ast
from collections.abc import Iterable, Mapping

from tests.architecture.source import module, tree


def graph(paths: Iterable[str]) -> dict[str, set[str]]:
    """Return which modules each module imports, also inside functions; imports for type checkers alone do not count.

    ``from package import file`` points to the file, not to the package, whose own imports run before either.
    """
    known = {module(path): path for path in paths}
    return {name: {target for target in _targets(tree(path), known) if target != name} for name, path in known.items()}


def _targets(root: ast.AST, known: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    for node in ast.iter_child_nodes(root):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in known}
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found |= {inner} if inner in known else {str(node.module)} & set(known)
        else:
            found |= _targets(node, known)
    return found


def circles(edges: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that reach each other: modules that no order of importing serves."""
    reached = {start: _reached(edges, start) for start in edges}
    groups = {tuple(sorted(other for other in reached[name] if name in reached[other])) for name in edges if name in reached[name]}
    return [list(group) for group in sorted(groups)]


def _reached(edges: Mapping[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for following in edges[waiting.pop()] - seen:
            seen.add(following)
            waiting.append(following)
    return seen
