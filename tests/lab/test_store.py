import dataclasses
import json
import os
import pickle
import resource
from typing import Annotated

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

from core.lab import folders, store
from core.lab.experiment import Metric
from core.lab.store import ModelStore, has_result, load_result, result_key, run_key, save_result
from tests.lab.experiments import TOY, ToyConfig, ToyResult

KEY = "0123456789abcdef"


def result():
    table = pd.DataFrame({"model": [0, 1], "weight": [0.1, -2.5], "word": ["größer", None]})
    return ToyResult(mean=0.25, nothing=float("nan"), control=float("inf"), models=table, values=np.arange(12.0).reshape(3, 4))


@pytest.fixture
def root(tmp_path):
    save_result(tmp_path, KEY, result(), {"seed": 0})
    return tmp_path


def test_a_result_is_read_back(root):
    loaded, manifest = load_result(root, KEY, ToyResult)
    assert loaded.mean == 0.25
    assert np.isnan(loaded.nothing)
    assert np.isnan(loaded.control)  # JSON knows no infinity: what is not finite is not a number
    pd.testing.assert_frame_equal(loaded.models, result().models)
    np.testing.assert_array_equal(loaded.values, result().values)
    assert loaded.values.dtype == np.float64
    assert manifest["seed"] == 0
    assert has_result(root, KEY)


def test_what_is_not_there(tmp_path):
    assert load_result(tmp_path, KEY, ToyResult) is None
    assert not has_result(tmp_path, KEY)
    assert not (tmp_path / "quarantine").exists()


DAMAGES = {
    "edited array": lambda folder: _flip(folder / store.ARRAYS),
    "truncated array": lambda folder: os.truncate(folder / store.ARRAYS, 50),
    "missing array": lambda folder: (folder / store.ARRAYS).unlink(),
    "pickled array": lambda folder: (folder / store.ARRAYS).write_bytes(pickle.dumps(np.arange(3))),
    "edited table": lambda folder: _flip(folder / "models.parquet"),
    "empty table": lambda folder: (folder / "models.parquet").write_bytes(b""),
    "missing table": lambda folder: (folder / "models.parquet").unlink(),
    "prettier number": lambda folder: _edit(folder, lambda value: value["metrics"].update(mean=0.99)),
    "number as text": lambda folder: _edit(folder, lambda value: value["metrics"].update(mean="0.25")),
    "no numbers": lambda folder: _edit(folder, lambda value: value.pop("metrics")),
    "junk manifest": lambda folder: (folder / folders.MANIFEST).write_text("{]"),
    "list as manifest": lambda folder: (folder / folders.MANIFEST).write_text("[]"),
    "no manifest": lambda folder: (folder / folders.MANIFEST).unlink(),
    "array of another type": lambda folder: save_file({"values": np.arange(3, dtype=np.int8)}, folder / store.ARRAYS),
}


def _flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _edit(folder, change):
    value = json.loads((folder / folders.MANIFEST).read_text())
    change(value)
    (folder / folders.MANIFEST).write_text(json.dumps(value))


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
@pytest.mark.parametrize("reader", ["load", "has"])
def test_damage_is_set_aside_and_can_be_written_anew(root, damage, reader):
    damage(root / "results" / KEY)
    assert not (load_result(root, KEY, ToyResult) if reader == "load" else has_result(root, KEY))
    assert not (root / "results" / KEY).exists()
    assert len(list((root / "quarantine").iterdir())) == 1
    save_result(root, KEY, result(), {"seed": 0})
    assert load_result(root, KEY, ToyResult)[0].mean == 0.25


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class LaterResult(ToyResult):
    more: Annotated[float, Metric("More", "A number that was not kept then.")]


def test_a_whole_folder_that_lacks_a_field_is_set_aside(root):
    assert load_result(root, KEY, LaterResult) is None
    assert not (root / "results" / KEY).exists()


@pytest.mark.parametrize("metrics", [{"mean": "x"}, {"mean": []}, {"mean": 10**400}, [], None, {}])
def test_a_sealed_manifest_of_another_kind_is_set_aside(tmp_path, metrics):
    folders.write_folder(tmp_path, tmp_path / "results" / KEY, {}, {"metrics": metrics})
    assert load_result(tmp_path, KEY, ToyResult) is None
    assert not (tmp_path / "results" / KEY).exists()


def test_the_gallery_is_never_touched(root, monkeypatch):
    monkeypatch.setattr(store, "GALLERY", root)
    (root / "results" / KEY / "models.parquet").unlink()
    assert load_result(root, KEY, ToyResult) is None
    assert (root / "results" / KEY).exists()


@pytest.mark.parametrize("changed", [
    {"config": ToyConfig(n_models=4)}, {"seed": 1}, {"data": "other"}, {"experiment": dataclasses.replace(TOY, version=2)},
    {"experiment": dataclasses.replace(TOY, name="other")}])
def test_whatever_may_change_the_numbers_changes_the_key(changed):
    given = {"experiment": TOY, "config": ToyConfig(), "seed": 0, "data": "toy-data"}
    assert result_key(**given) != result_key(**{**given, **changed})


@dataclasses.dataclass(frozen=True, kw_only=True)
class IdlingConfig(ToyConfig):
    def idle(self):
        return frozenset({"n_models"})


def test_what_may_not_change_the_numbers_leaves_the_key():
    """Idle fields count with their defaults, so that the key is that of a config which never touched them."""
    keys = {result_key(TOY, config, 0, "toy-data") for config in (ToyConfig(), IdlingConfig(n_models=4), IdlingConfig(n_models=5))}
    assert keys == {GOLDEN_RESULT}


def test_keys_do_not_move_between_versions():
    """Golden, ours, 2026-11-20: moving it would throw away everything that users have stored."""
    assert result_key(TOY, ToyConfig(), 0, "toy-data") == GOLDEN_RESULT
    assert run_key(TOY, ToyConfig(), (0, 1, 2), "toy-data") == run_key(TOY, ToyConfig(), (2, 0, 1), "toy-data") == GOLDEN_RUN


GOLDEN_RESULT = "96d46d13e3ecb690"
GOLDEN_RUN = "f85ffc3c4600ca6b"


@pytest.mark.parametrize("array", [
    np.array(3), np.float32(2.5), np.zeros((0, 3)), np.arange(6).reshape(2, 3).T, np.array([True, False]),
    np.arange(4, dtype=np.float16), np.arange(5, dtype=np.uint8)[::2]], ids=str)
def test_models_keep_shape_type_and_bits(tmp_path, array):
    models = ModelStore(tmp_path)
    models.put({"seed": 0}, {"w": array})
    loaded = models.get({"seed": 0})["w"]
    assert (loaded.shape, loaded.dtype) == (array.shape, array.dtype)
    np.testing.assert_array_equal(loaded, array)


def test_models_are_found_by_what_determines_them(tmp_path):
    models = ModelStore(tmp_path)
    models.put({"seed": 0, "rate": 0.1}, {"w": np.zeros(2)})
    assert models.get({"rate": 0.1, "seed": 0}) is not None
    assert models.get({"rate": 0.1, "seed": 1}) is None
    assert models.get({"rate": 0.1}) is None


@pytest.mark.parametrize("damage", [
    _flip, lambda path: path.unlink(), lambda path: os.truncate(path, 9), lambda path: path.write_bytes(pickle.dumps({"w": 1}))])
def test_a_damaged_model_is_set_aside(tmp_path, damage):
    models = ModelStore(tmp_path)
    models.put({"seed": 0}, {"w": np.arange(50.0)})
    path, = tmp_path.glob(f"models/*/{store.ARRAYS}")
    damage(path)
    assert models.get({"seed": 0}) is None
    models.put({"seed": 0}, {"w": np.arange(50.0)})
    np.testing.assert_array_equal(models.get({"seed": 0})["w"], np.arange(50.0))


def test_a_sealed_folder_that_holds_no_model_is_set_aside(tmp_path):
    models = ModelStore(tmp_path)
    folders.write_folder(tmp_path, models._folder({"seed": 0}), {store.ARRAYS: lambda path: path.write_text("junk")}, {})
    assert models.get({"seed": 0}) is None


def test_home(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSHOUSE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert store.home() == tmp_path / ".cache" / "glasshouse"
    monkeypatch.setenv("GLASSHOUSE_HOME", "~/results")
    assert store.home() == tmp_path / "results"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLASSHOUSE_HOME", "here")
    assert store.home() == tmp_path / "here"


def test_what_cannot_be_read_just_now_is_not_damage(root):
    """With no descriptor left a good result reads as absent, and stays where it is."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (os.dup(0), limit[1]))  # the next descriptor would lie above the limit
    try:
        assert not has_result(root, KEY)
        assert load_result(root, KEY, ToyResult) is None
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limit)
    assert not (root / "quarantine").exists()
    assert has_result(root, KEY)
