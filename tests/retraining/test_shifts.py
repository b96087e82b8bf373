"""The study of shifted data on a tiny real run."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.data.sources import load
from core.lab.errors import InputError
from core.lab.estimate import over_seeds
from core.retraining.cost import images_to
from core.retraining.data import check_same_classes, divide
from core.retraining.shifts.config import RetrainingConfig
from core.retraining.shifts.experiment import run
from core.retraining.shifts.tables import costs_at
from core.retraining.shifts.words import answer
from tests.retraining import tiny


def test_parts_share_a_fifth_and_every_class():
    parts = divide(load("digits"), 1000, 100, 3)
    assert (len(parts.y_old), len(parts.y_new), len(parts.y_test)) == (700, 500, 100)
    seen = {image.tobytes() for image in parts.x_old}
    shared = sum(image.tobytes() in seen for image in parts.x_new)
    assert 180 <= shared <= 220
    assert len(np.unique(parts.y_old)) == len(np.unique(parts.y_new)) == 10
    with pytest.raises(InputError, match="as many images as are asked for, 40000, got"):
        divide(load("digits"), 40_000, 100, 3)


def test_every_model_and_shift_has_its_case_and_curve():
    result = tiny.result()
    assert len(result.cases) == 30
    assert len(result.curves) == 30 * len((0, 64, 192, 256))
    assert np.isfinite(result.cases[["resque", "arm_released", "preindex", "raw_error", "norm_error", "gradient"]]).all(axis=None)
    assert result.cases["resque"].between(0, 1).all()
    assert (result.cases["arm_released"] >= 0).all()


def test_costs_are_those_of_the_curves():
    result = tiny.result()
    row = result.cases.iloc[7]
    curve = result.curves[(result.curves["model"] == row["model"]) & (result.curves["kind"] == row["kind"])
                          & (result.curves["level"] == row["level"])]
    expected = images_to(curve["images"].to_numpy(), curve["accuracy"].to_numpy(), row["target"])
    assert row["images"] == expected or (np.isnan(row["images"]) and np.isinf(expected))
    assert row["change"] >= 0


def test_a_softer_target_never_costs_more():
    result = tiny.result()
    cases = result.cases.drop(columns=["target", "images", "seconds", "change"])
    near, far = (costs_at(cases, result.curves, result.models, margin)["images"].to_numpy() for margin in (0.03, 0.3))
    assert (far <= near).all()
    assert (far < near).any()


def test_stronger_shifts_turn_the_classes_further():
    assert tiny.result().monotone_resque > 0.9
    assert tiny.result().resque_mildest > 0


def test_own_new_data_join_the_shifts_and_nothing_is_trained_twice(tmp_path):
    """A second run with data of one's own: what the first had trained is kept, and its cases come out again."""
    data, path = load("fashion-mnist"), tmp_path / "inverted.npz"
    rows = np.arange(600)
    np.savez(path, x_train=255 - data.x_train[rows], y_train=data.y_train[rows], x_test=255 - data.x_test[:200], y_test=data.y_test[:200])
    first, known = tiny.result(), len(tiny.KEPT)
    assert known >= 36, "three models with what was recorded on the way, thirty curves"
    second = run(tiny.CONFIG.replace(new=f"npz:{path}"), 0, tiny.context())
    own = second.cases[second.cases["kind"] == "own"]
    assert len(own) == 3
    assert (own["resque"] > 0).all()
    assert len(tiny.KEPT) == known + 3
    for before, after, names in ((first.curves, second.curves, list(first.curves)),
                                 (first.cases, second.cases, ["model", "kind", "level", "resque", "raw_error", "gradient"])):
        pd.testing.assert_frame_equal(after.loc[after["kind"] != "own", names].reset_index(drop=True), before[names])


def test_bad_input_is_one_sentence():
    with pytest.raises(InputError, match=r"layer must be last or one of blocks\.0\.0"):
        run(tiny.CONFIG.replace(layer="blocks.9"), 0, tiny.context())
    with pytest.raises(InputError, match="new must be corruptions or a data set"):
        RetrainingConfig(new="snow")
    with pytest.raises(InputError, match="n_index must be at most three tenths of n_images"):
        RetrainingConfig(n_images=400)


def test_other_classes_are_refused(tmp_path):
    data, path = load("digits"), tmp_path / "two.npz"
    two = data.y_train < 2
    np.savez(path, x_train=data.x_train[two], y_train=data.y_train[two], x_test=data.x_test[:100], y_test=np.zeros(100, np.int64))
    with pytest.raises(InputError, match="new data must have the 10 classes of the old data, got 2"):
        check_same_classes(load("digits"), load(f"npz:{path}"))


def test_a_target_that_no_run_reached_says_how_many():
    class Run:
        results = (replace(tiny.result(), censored=1.0),)

        @staticmethod
        def estimate(name):
            return over_seeds([getattr(one, name) for one in Run.results])

    assert answer(Run).startswith("No run reached this target: all 30 retrainings end under it.")
