"""A small own set runs in every room of images at the first attempt, what was fitted is said, and what somebody chose stays."""

import io
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import pytest

from core.__main__ import main
from core.lab import registry
from core.lab.fitting import fitted

ROOMS = {"privacy": "dataset", "privacy_defence": "dataset", "privacy_map": "dataset", "spurious": "dataset", "spurious_retrain": "dataset",
         "compression": "dataset", "compression_setting": "dataset", "compression_repair": "dataset", "layernorm": "data",
         "layernorm_gauge": "data"}


@pytest.fixture(scope="module")
def leaves(tmp_path_factory) -> str:
    """600 images of two classes, 24 x 32 in colour, with groups."""
    rng, arrays = np.random.default_rng(0), {}
    for part, n in (("train", 600), ("test", 120)):
        arrays |= {f"x_{part}": rng.integers(0, 180, (n, 24, 32, 3), dtype=np.uint8), f"y_{part}": np.arange(n) % 2,
                   f"group_{part}": np.arange(n) // 2 % 2}
    np.savez(tmp_path_factory.mktemp("leaves") / "leaves.npz", **arrays)
    return f"npz:{tmp_path_factory.getbasetemp()}/leaves0/leaves.npz"


def asked(*words: str) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = main(["run", *words, "--check"])
    return status, out.getvalue() + err.getvalue()


@pytest.mark.parametrize("room", ROOMS)
def test_a_small_own_set_runs_at_the_first_attempt(room, leaves):
    status, told = asked(room, "--set", f"{ROOMS[room]}={leaves}")
    assert (status, told.count("fitted to your data")) == (0, 1), told


def test_what_somebody_chose_stays_and_is_refused_by_its_rule(leaves):
    status, told = asked("privacy", "--set", f"dataset={leaves}", "--set", "n_pool=900")
    assert (status, "must be at most the 600 training images" in told) == (2, True)


def test_known_data_are_left_alone():
    for room in ROOMS:
        experiment = registry.find(room)
        assert fitted(experiment, experiment.presets[0].config, ()) == (experiment.presets[0].config, "")


@pytest.mark.parametrize(("room", "sentence"), [
    ("spurious", "every class needs 20 training images beside 4 for validation, got 1"), ("compression", "class 1 has")])
def test_a_class_of_one_image_is_named(tmp_path, room, sentence):
    x, y = np.random.default_rng(0).integers(0, 255, (301, 24, 24), dtype=np.uint8), np.arange(301) == 300
    np.savez(tmp_path / "one.npz", x_train=x, y_train=y.astype(int), x_test=x[:80], y_test=np.arange(80) % 2)
    status, told = asked(room, "--set", f"dataset=npz:{tmp_path / 'one.npz'}")
    assert status == 2
    assert sentence in told
