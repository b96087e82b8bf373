"""A small study, trained for real: what its tables hold, that the same seed gives the same numbers, and the effects that are safe."""

import numpy as np
import pandas as pd
import pytest

from core.calibration.catalogue import POST_HOC
from core.calibration.study.experiment import run
from core.calibration.study.figures import FIGURES
from core.calibration.study.headline import first_crossing
from core.calibration.study.result import CalibrationResult
from core.calibration.study.spec import data_fingerprint
from core.lab import folders
from core.lab.experiment import Context, metrics_of
from core.lab.store import ModelStore
from tests.calibration import tiny

TIMED = ("cost_tent", "cost_dec")


def context(root, threads: int = 1) -> Context:
    folders.make_folder(root)
    return Context(device="cpu", threads=threads, models=ModelStore(root), begin=lambda step: None, report=lambda *told: None)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("calibration")


@pytest.fixture(scope="module")
def result(home) -> CalibrationResult:
    return run(tiny.CONFIG, 3, context(home))


def test_tables_hold_every_condition_method_and_repair(result):
    n = len(tiny.CONFIG.conditions) * len(tiny.CONFIG.method_names)
    assert len(result.scores) == n * len(POST_HOC)
    assert (result.bins.groupby(["corruption", "level", "method", "repair"])["count"].sum() == 256).all()
    assert result.view_images.shape == (len(tiny.CONFIG.conditions), 10, 28, 28, 1)
    assert (result.mistakes["y"] != result.mistakes["said"]).all()
    assert len(result.mistake_images) == len(result.mistakes) > 0
    assert set(result.again["method"]) == {"source", "bn", "tent", "eta", "infomax", "dec"}
    assert result.course.groupby("method")["passes"].max().eq(2.0).all()


def test_headline_numbers_are_means_over_the_corruptions_of_the_last_level(result):
    rows = result.scores[(result.scores["level"] == 5) & (result.scores["repair"] == "none")]
    by_method = rows.groupby("method")[["ece", "accuracy", "overconfidence"]].mean()
    assert result.ece_tent == pytest.approx(by_method.loc["tent", "ece"])
    assert result.over_bn == pytest.approx(by_method.loc["bn", "overconfidence"])
    assert result.rise_far == pytest.approx(by_method.loc["tent", "ece"] - by_method.loc["bn", "ece"])
    assert result.accuracy_bn_home == result.accuracy_bn
    assert all(np.isfinite(getattr(result, name)) for name in metrics_of(CalibrationResult) if name != "crossing_dec"), "it need not cross"


def test_what_is_safe_at_any_seed(result):
    """Of the pilot's list what needs no long training: statistics win, the clean network is better calibrated than the shifted one."""
    assert result.accuracy_bn > result.accuracy_source + 0.1
    assert result.ece_source > result.ece_clean
    assert result.norm_far < result.norm_clean
    assert result.coverage_bn < result.coverage_clean
    assert result.ece_tent_oracle <= result.ece_tent


def test_forked_and_one_by_one_give_the_same_bits(home, result):
    again = run(tiny.CONFIG, 3, context(home, threads=2))
    for name in metrics_of(CalibrationResult):
        if name not in TIMED:
            np.testing.assert_equal(getattr(again, name), getattr(result, name), err_msg=name)
    pd.testing.assert_frame_equal(again.scores, result.scores)
    np.testing.assert_array_equal(again.mistake_images, result.mistake_images)


def test_memory_and_passes_of_each_method(result):
    costs = result.costs.set_index("method")
    assert costs.loc["source", "held_bytes"] == costs.loc["bn", "held_bytes"], "one network and nothing else"
    assert costs.loc["source", "kept_bytes"] == 0
    one = costs.loc["source", "held_bytes"]
    assert one < costs.loc["tent", "held_bytes"] < 1.5 * one, "one network, and two moments and a gradient of scales and shifts"
    assert 2 * one <= costs.loc["dec", "held_bytes"] < 2.5 * one, "a frozen teacher beside it"
    assert costs.loc["tent", "kept_bytes"] > 64 * 28 * 28 * 8, "at least the first block's activations of a batch"


def test_methods_that_are_left_out_leave_nan_and_no_row(home):
    config = tiny.CONFIG.replace(methods="source+bn", corruptions="blur", levels="4", course_passes=0, home_again=False)
    found = run(config, 3, context(home))
    assert np.isnan(found.ece_tent)
    assert np.isnan(found.rise_near)
    assert found.course.empty
    assert found.again.empty
    assert set(found.scores["method"]) == {"source", "bn"}


def test_own_data_with_a_shifted_test_set_goes_the_whole_way(home, tmp_path):
    """Two classes that differ in brightness, the test set darker: fewer test images than the stream asks for, as people have them."""
    rng = np.random.default_rng(0)
    y, y_test = rng.integers(0, 2, 900), rng.integers(0, 2, 150)
    x = (rng.integers(0, 60, (900, 16, 16)) + 120 * y[:, None, None]).astype(np.uint8)
    x_test = ((rng.integers(0, 60, (150, 16, 16)) + 120 * y_test[:, None, None]) // 2).astype(np.uint8)
    np.savez(tmp_path / "own.npz", x_train=x, y_train=y, x_test=x_test, y_test=y_test, group_train=y, group_test=np.arange(150) % 3)
    config = tiny.CONFIG.replace(dataset=f"npz:{tmp_path / 'own.npz'}", shift="test_set", n_train=400, n_home=200, n_stream=256, epochs=2,
                                 methods="source+bn+tent+dec", stream_batch=32)
    assert data_fingerprint(config)
    found = run(config, 0, context(home))
    assert set(found.scores["corruption"]) == {"clean", "test_set"}
    assert (found.bins.groupby(["corruption", "method", "repair"])["count"].sum() == 128).all()
    assert found.accuracy_clean > 0.9
    assert found.again.empty
    assert np.isnan(found.rise_near)
    groups = found.groups[(found.groups["method"] == "source") & (found.groups["corruption"] == "test_set")]
    assert set(groups["group"]) == {"group 0", "group 1", "group 2"}
    assert groups["n"].sum() == 128


def test_digits_of_another_scanner_are_a_shift(home):
    config = tiny.CONFIG.replace(dataset="digits", shift="optical_digits", n_train=2000, n_home=300, n_stream=512, methods="source+bn+tent")
    found = run(config, 0, context(home))
    assert found.accuracy_clean > 0.85
    assert 0.3 < found.accuracy_source < found.accuracy_clean - 0.1
    assert found.groups.empty


def test_the_calibrated_moment_by_hand():
    at = np.array([1.0, 2.0, 3.0, 4.0])
    assert first_crossing(at, np.array([0.2, 0.1, -0.1, 0.3])) == pytest.approx(2.5)
    assert first_crossing(at, np.array([-0.2, 0.1, 0.1, 0.1])) == 1.0
    assert np.isnan(first_crossing(at, np.array([0.2, 0.1, 0.1, 0.01])))


def test_there_are_figures():
    assert len({figure.id for figure in FIGURES}) == len(FIGURES) == 10
