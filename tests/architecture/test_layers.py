"""Arrows point one way: pages -> scorecard -> concern -> {training, measures} -> {language, subjects} -> {data, models} -> lab.

One test is one rule, and names every file that breaks it.
"""

from tests.architecture.circles import circles, graph
from tests.architecture.source import CONCERNS, CORE, PRODUCT, calls, imports, module

BELOW = {
    "lab": (),
    "data": ("lab",),
    "models": ("data", "lab"),
    "language": ("models", "data", "lab"),
    "subjects": ("models", "data", "lab"),
    "training": ("language", "subjects", "models", "data", "lab"),
    "measures": ("language", "subjects", "models", "data", "lab"),
    **dict.fromkeys(CONCERNS, ("training", "measures", "language", "subjects", "data", "models", "lab")),
}
TOP = ("core/__init__.py", "core/__main__.py", "core/doctor.py", "core/notebook.py", "core/wait.py")  # above all: nothing imports them
TORCH_MEASURES = tuple(  # gradients and curvature of a network are torch's
    f"core/measures/{name}.py" for name in ("gradients", "curvature", "lanczos", "loss_surface", "plain_graph"))
UNPICKLING = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "submitit"}


def points_up(path: str, name: str) -> bool:
    """Return whether the import of ``name`` by a file of core leaves the layers below it."""
    parts, package = name.split("."), path.split("/")[1]
    if parts[0] in ("app", "pages", "tests"):
        return True
    if parts[0] != "core" or len(parts) == 1 or path in TOP:
        return False
    return parts[1] != package and parts[1] not in BELOW[package] and package != "scorecard"  # which stands above all concerns


def test_no_import_points_up():
    assert [f"{path} imports {name}" for path in CORE for name in sorted(imports(path)) if points_up(path, name)] == []
    assert points_up("core/lab/registry.py", "core.privacy.audit.spec")
    assert points_up("core/privacy/audit/spec.py", "core.spurious.study.spec")
    assert not points_up("core/privacy/audit/spec.py", "core.lab.config")


def test_no_circle():
    assert circles(graph(PRODUCT)) == []
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]


def test_core_knows_no_streamlit():
    assert [path for path in CORE if "streamlit" in {name.split(".")[0] for name in imports(path)}] == []


def test_measures_are_numpy_and_scipy():
    heavy = {"torch", "torchvision", "captum", "sklearn", "pandas"}
    found = {path: heavy & {name.split(".")[0] for name in imports(path)} for path in CORE if path.startswith("core/measures/")}
    assert {path: names for path, names in found.items() if names - ({"torch"} if path in TORCH_MEASURES else set())} == {}


def test_nothing_is_unpickled():
    """One file reads pickles, by an unpickler that admits arrays of numbers alone: tests/data/test_cifar.py attacks it."""
    broken = [f"{path} imports {names}" for path in PRODUCT if (names := {name.split(".")[0] for name in imports(path)} & UNPICKLING)
              and path != "core/data/cifar.py"]
    for path in PRODUCT:
        for line, called, words in calls(path):
            careless = called in ("np.load", "numpy.load") and words.get("allow_pickle") != "False"
            if called == "torch.load" and path == "core/subjects/convert.py" and words.get("weights_only") == "True":
                continue  # torch's reader of weights alone, in a process with limits: tests/subjects/test_weights.py attacks it
            if careless or called in ("torch.load", "torch.save") or called.endswith(("pickle", "pickle.load", "pickle.loads")):
                broken.append(f"{path}:{line} calls {called}")
    assert broken == []


def test_no_unsafe_html_and_no_eval():
    broken = [f"{path}:{line} calls {called}" for path in PRODUCT for line, called, words in calls(path)
              if "unsafe_allow_html" in words or "shell" in words or called in ("eval", "exec", "os.system")]
    assert broken == []


def test_nobody_throws_global_dice():
    """Randomness enters through core.lab.seeds: NumPy's and Python's global generators are never drawn from."""
    broken = [f"{path} imports random" for path in CORE if "random" in {name.split(".")[0] for name in imports(path)}]
    broken += [f"{path}:{line} calls {called}" for path in CORE for line, called, _ in calls(path)
               if called.startswith(("np.random.", "numpy.random."))
               and called.rpartition(".")[2] not in ("Generator", "PCG64", "SeedSequence")]
    assert broken == []


def test_modules_are_read_where_they_lie():
    assert module("core/lab/__init__.py") == "core.lab"
    assert "core.lab.errors.InputError" in imports("core/lab/seeds.py")
    assert "np.random.Generator" in {called for _, called, _ in calls("core/lab/seeds.py")}
