"""The source as the architecture tests read it: parsed, never imported."""

import ast
import subprocess
from functools import cache
from pathlib import Path

from core.lab.experiment import ROOT

PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").glob("*.py"))
PRODUCT = sorted(path.relative_to(ROOT).as_posix() for path in (
    ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "core").rglob("*.py")))
CORE = [path for path in PRODUCT if path.startswith("core/")]
TESTS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py"))
SHARED = ("lab", "data", "models", "language", "subjects", "training", "measures")
PACKAGES = tuple(sorted(path.parent.name for path in (ROOT / "core").glob("*/__init__.py")))
CONCERNS = tuple(name for name in PACKAGES if name not in SHARED)


@cache
def text(path: str) -> str:
    """Return the text of a file."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def calls(path: str) -> list[tuple[int, str, dict[str | None, str]]]:
    """Return every call in a file: its line, what is called, and its keywords, as text."""
    return [(node.lineno, ast.unparse(node.func), {word.arg: ast.unparse(word.value) for word in node.keywords})
            for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


@cache
def tree(path: str) -> ast.Module:
    """Return the parsed text of a file."""
    return ast.parse(text(path), path)


@cache
def imports(path: str) -> set[str]:
    """Return every module that a file imports, anywhere in it, and every ``module.name`` it imports from one."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def module(path: str) -> str:
    """Return the dotted name of a file."""
    return Path(path).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")


def tracked() -> list[str]:
    """Return the files of the checkout, or of the folder where there is no checkout."""
    answer = subprocess.run(["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True)
    if answer.returncode == 0 and answer.stdout:
        return answer.stdout.splitlines()
    return [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file()]
