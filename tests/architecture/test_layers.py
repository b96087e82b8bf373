"""Arrows point one way: pages -> concern -> {training, measures} -> {data, models} -> lab."""

import ast

import pytest

from tests.architecture.source import CONCERNS, PRODUCT, imports, module, tree

BELOW = {
    "lab": (),
    "data": ("lab",),
    "models": ("data", "lab"),
    "training": ("models", "data", "lab"),
    "measures": ("lab",),
    **dict.fromkeys(CONCERNS, ("training", "measures", "data", "models", "lab")),
}
EXCEPTIONS = {
    ("core/lab/registry.py", "a literal tuple of specs is the point"): (
        *(f"core.{concern}.spec" for concern in CONCERNS), "core.privacy.defence_spec", "core.spurious.retrain_spec",
        "core.layernorm.gauge_spec", "core.compression.repair_spec", "core.compression.setting_spec",
        "core.safety.ask_spec"),
    ("core/lab/doctor.py", "it says which data sets and models are at hand and whether torchvision works"): (
        "core.data", "core.models.checkpoints", "core.models.vision_weights"),
}
ALLOWED = {path: modules for (path, _), modules in EXCEPTIONS.items()}


@pytest.mark.parametrize("path", [path for path in PRODUCT if path.startswith("core/")])
def test_imports_point_down(path):
    package = path.split("/")[1]
    for name in imports(path):
        parts = name.split(".")
        assert parts[0] not in ("app", "pages", "tests"), f"{path} imports {name}"
        if parts[0] == "core" and len(parts) > 1 and package in BELOW and parts[1] != package:
            is_allowed = parts[1] in BELOW[package] or name.startswith(ALLOWED.get(path, ()) or ("-",))
            assert is_allowed, f"{path} imports {name}"


def test_exceptions_are_needed():
    """An exception that nobody uses any more is removed."""
    for path, modules in ALLOWED.items():
        assert any(name.startswith(modules) for name in imports(path)), path


@pytest.mark.parametrize("path", [path for path in PRODUCT if path.startswith("core/")])
def test_core_knows_no_streamlit(path):
    assert not {name for name in imports(path) if name.split(".")[0] == "streamlit"}


@pytest.mark.parametrize("path", [path for path in PRODUCT if path.startswith("core/measures/")])
def test_measures_are_numpy_and_scipy(path):
    outside = {name.split(".")[0] for name in imports(path)} & {"torch", "torchvision", "captum", "sklearn", "pandas"}
    allowed = {"torch"} if path in TORCH_MEASURES else set()
    assert outside <= allowed, f"{path} imports {outside}"


TORCH_MEASURES = tuple(  # gradients and curvature of a network are torch's
    f"core/measures/{name}.py" for name in ("gradients", "curvature", "lanczos", "loss_surface", "plain_graph"))


@pytest.mark.parametrize("path", PRODUCT)
def test_nothing_is_unpickled(path):
    names = {name.split(".")[0] for name in imports(path)}
    assert not names & {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "submitit"}
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        words = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        if called in ("np.load", "numpy.load"):
            assert words.get("allow_pickle") == "False", f"{path}:{node.lineno} reads NumPy files without allow_pickle=False"
        assert called not in ("torch.load", "torch.save"), f"{path}:{node.lineno} {called}"
        assert not called.endswith(("_pickle", "unpickle")), f"{path}:{node.lineno} {called}"


@pytest.mark.parametrize("path", PRODUCT)
def test_no_unsafe_html_and_no_eval(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.keyword):
            assert node.arg != "unsafe_allow_html", f"{path}:{node.value.lineno}"
        if isinstance(node, ast.Call):
            assert ast.unparse(node.func) not in ("eval", "exec", "os.system"), f"{path}:{node.lineno}"
            assert all(keyword.arg != "shell" for keyword in node.keywords), f"{path}:{node.lineno} starts a shell"


@pytest.mark.parametrize("path", [path for path in PRODUCT if path.startswith("core/")])
def test_nobody_throws_global_dice(path):
    """Randomness enters through core.lab.seeds: NumPy's and Python's global generators are never drawn from."""
    assert "random" not in {name.split(".")[0] for name in imports(path)}, path
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.startswith(("np.random.", "numpy.random.")):
                is_named = called.rpartition(".")[2] in ("Generator", "PCG64", "SeedSequence")
                assert is_named, f"{path}:{node.lineno} calls {called}"


def test_modules_are_read_where_they_lie():
    assert module("core/lab/__init__.py") == "core.lab"
    assert "core.lab.errors.InputError" in imports("core/lab/seeds.py")
