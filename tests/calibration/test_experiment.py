"""A small study, trained for real: what its tables hold, that the same seed gives the same numbers, and the effects that are safe."""

import numpy as np
import pandas as pd
import pytest

from core.calibration.catalogue import POST_HOC
from core.calibration.study.experiment import run
from core.calibration.study.figures import FIGURES
from core.calibration.study.result import CalibrationResult
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
    assert all(np.isfinite(getattr(result, name)) for name in metrics_of(CalibrationResult))


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
            assert getattr(again, name) == getattr(result, name), name
    pd.testing.assert_frame_equal(again.scores, result.scores)
    np.testing.assert_array_equal(again.mistake_images, result.mistake_images)


def test_methods_that_are_left_out_leave_nan_and_no_row(home):
    config = tiny.CONFIG.replace(methods="source+bn", corruptions="blur", levels="4", course_passes=0, home_again=False)
    found = run(config, 3, context(home))
    assert np.isnan(found.ece_tent)
    assert np.isnan(found.rise_near)
    assert found.course.empty
    assert found.again.empty
    assert set(found.scores["method"]) == {"source", "bn"}


def test_there_are_figures():
    assert len({figure.id for figure in FIGURES}) == len(FIGURES) == 9
