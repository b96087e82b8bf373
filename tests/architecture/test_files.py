"""Where things lie and how long they may be. One test is one rule, and names every file that breaks it."""

import ast
import re
import statistics
import sys

from core.lab.experiment import ROOT
from tests.architecture.source import CORE, PACKAGES, PRODUCT, TESTS, imports, text, tracked, tree

TOP = {"app.py", "pages", "core", "assets", "tests", "requirements.txt", "README.md", "LICENSE", "pyproject.toml"}
OTHER_TESTS = {"pages", "browser", "architecture", "benchmarks", "cli"}
OURS = {"app", "core", "pages", "tests"}
SUITE = tuple(path for path in TESTS if not path.startswith("tests/benchmarks/"))  # a benchmark names the peer it wants installed
NAMES = {  # by which they are imported
    "pillow": "PIL", "huggingface-hub": "huggingface_hub", "scikit-learn": "sklearn", "adversarial-robustness-toolbox": "art",
    "markdown-it-py": "markdown_it", "axe-playwright-python": "axe_playwright_python"}
MAY_PASS_ON = {  # replacing and telling pass on what they get
    ("core/lab/config.py", "replace"), ("core/notebook.py", "run"), ("core/lab/worker.py", "update"), ("core/lab/worker.py", "event"),
    ("core/lab/strip.py", "_frame")}


def functions(path: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return every function of a file, those inside others too."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines a function takes beside its docstring."""
    first = node.body[0]
    is_documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return node.end_lineno - node.lineno + 1 - (first.end_lineno - first.lineno + 1 if is_documented else 0)


def test_the_top_level_holds_only_what_it_may():
    top = {path.split("/")[0] for path in tracked()}
    assert {name for name in top if not name.startswith(".")} <= TOP


def test_a_file_is_one_idea():
    lengths = {path: len(text(path).splitlines()) for path in PRODUCT + TESTS}
    assert {path: length for path, length in lengths.items() if length > 400} == {}
    assert statistics.median(lengths[path] for path in PRODUCT) < 100
    assert [path for path in lengths if re.search(r"(^|_)(utils?|helpers?|misc|common)(_|\.py)", path.rsplit("/", 1)[-1])] == []


def test_a_function_is_one_step():
    assert [f"{path}:{node.lineno} {node.name} takes {lines_of(node)} lines beside its docstring"
            for path in PRODUCT for node in functions(path) if lines_of(node) > 60] == []


def test_no_functions_of_anything():
    """No ``**keywords``: settings are fields of a config, arguments have names."""
    assert [f"{path}:{node.lineno} {node.name} takes **{node.args.kwarg.arg}" for path in CORE for node in functions(path)
            if node.args.kwarg is not None and (path, node.name) not in MAY_PASS_ON] == []


def test_every_package_has_its_tests():
    assert [package for package in PACKAGES if not list((ROOT / "tests" / package).glob("test_*.py"))] == []


def test_every_folder_of_tests_mirrors_a_package():
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/*.py")}
    assert folders <= set(PACKAGES) | OTHER_TESTS
    assert [folder for folder in folders if not (ROOT / "tests" / folder / "__init__.py").is_file()] == []


def test_every_requirement_is_pinned_once():
    files = {name: [line for line in text(name).splitlines() if line and not line.startswith("#")]
             for name in ("requirements.txt", "tests/requirements.txt")}
    assert files["tests/requirements.txt"].pop(0) == "-r ../requirements.txt"
    lines = [line for found in files.values() for line in found]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9.]*", line) for line in lines)
    names = [line.partition("==")[0] for line in lines]
    assert len(set(names)) == len(names)


def test_running_needs_no_test_tool_and_every_import_is_pinned():
    """A visitor's first command installs what running needs; whatever any file imports stands in one of the two lists."""
    pinned = {name: {NAMES.get(line.partition("==")[0], line.partition("==")[0]) for line in text(name).splitlines() if "==" in line}
              for name in ("requirements.txt", "tests/requirements.txt")}
    used = {paths: {name.split(".")[0] for path in paths for name in imports(path)} - set(sys.stdlib_module_names) - OURS
            for paths in (tuple(PRODUCT), SUITE)}
    assert used[tuple(PRODUCT)] - pinned["requirements.txt"] == set()
    assert used[SUITE] - pinned["requirements.txt"] - pinned["tests/requirements.txt"] == set()
    assert {"pytest", "playwright", "sklearn"}.isdisjoint(pinned["requirements.txt"])


def test_settings_of_the_house_are_in_the_readme():
    """Every environment variable that the code reads is documented."""
    read = {name for path in PRODUCT for name in re.findall(r"[\"'](GLASSHOUSE_[A-Z_]+)", text(path))}
    assert {name for name in read if name not in text("README.md")} == set()
