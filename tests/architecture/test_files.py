"""Where things lie and how long they may be."""

import ast
import re

import pytest

from core.lab.experiment import ROOT
from tests.architecture.source import PACKAGES, PRODUCT, TESTS, tracked, tree

TOP = {"app.py", "pages", "core", "assets", "tests", "requirements.txt", "README.md", "LICENSE", "pyproject.toml"}
OTHER_TESTS = {"pages", "browser", "architecture", "benchmarks", "cli"}


def test_the_top_level_holds_only_what_it_may():
    top = {path.split("/")[0] for path in tracked()}
    assert {name for name in top if not name.startswith(".")} <= TOP


@pytest.mark.parametrize("path", PRODUCT + TESTS)
def test_a_file_is_one_idea(path):
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= 400
    assert not re.search(r"(^|_)(utils?|helpers?|misc|common)(_|\.py)", path.rsplit("/", 1)[-1])


@pytest.mark.parametrize("path", PRODUCT)
def test_a_function_is_one_step(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            is_documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            length = node.end_lineno - node.lineno + 1 - (first.end_lineno - first.lineno + 1 if is_documented else 0)
            assert length <= 60, f"{path}:{node.lineno} {node.name} takes {length} lines beside its docstring"


@pytest.mark.parametrize("path", [path for path in PRODUCT if path.startswith("core/")])
def test_no_functions_of_anything(path):
    """No ``**keywords``: settings are fields of a config, arguments have names. Replacing and telling pass on what they get."""
    allowed = {("core/lab/config.py", "replace"), ("core/lab/worker.py", "update"), ("core/lab/worker.py", "event"),
               ("core/lab/strip.py", "_frame")}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef) and node.args.kwarg is not None:
            assert (path, node.name) in allowed, f"{path}:{node.lineno} {node.name} takes **{node.args.kwarg.arg}"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_has_its_tests(package):
    assert list((ROOT / "tests" / package).glob("test_*.py")), f"tests/{package} has no tests"


def test_every_folder_of_tests_mirrors_a_package():
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/*.py")}
    assert folders <= set(PACKAGES) | OTHER_TESTS
    for folder in folders:
        assert (ROOT / "tests" / folder / "__init__.py").is_file(), f"tests/{folder} needs an __init__.py"


def test_every_requirement_is_pinned_once():
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9.]*", line) for line in lines)
    names = [line.partition("==")[0] for line in lines]
    assert len(set(names)) == len(names)
    assert {"torch", "torchvision", "streamlit", "plotly", "pytest"} <= set(names)


def test_settings_of_the_house_are_in_the_readme():
    """Every environment variable that the code reads is documented."""
    read = set()
    for path in PRODUCT:
        read |= set(re.findall(r"[\"'](GLASSHOUSE_[A-Z_]+)", (ROOT / path).read_text(encoding="utf-8")))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {name for name in read if name not in readme} == set()
