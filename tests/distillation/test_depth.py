"""Depth end to end on a few images: every family at every depth, numbers that follow from tables, bad input."""

import math

import pytest

from core.distillation.depth.config import DepthConfig
from core.distillation.depth.figures import AXES, FIGURES, MEASURES, calibration, depth_rows, frontier
from core.distillation.depth.spec import DISTILLATION_DEPTH, work_of
from core.lab.errors import InputError
from core.lab.experiment import metrics_of
from core.lab.figure import LIGHT
from tests.distillation.tiny_depth import CONFIG, result


def test_every_family_has_every_depth():
    depths = result().depths
    own = depths[depths["statistics"] == "recalibrated"]
    for arm in ("separate", "truncated", "random", "sandwich", "sandwich-own", "sandwich-long", "package-a", "package-b", "no-leader-a",
                "no-mutual-b", "no-down-a", "more-separate", "more-package-b"):
        assert sorted(own.loc[own["arm"] == arm, "depth"]) == [3, 4, 5, 6], arm
    assert sorted(own.loc[own["arm"] == "exits", "depth"]) == [2, 4, 6]
    assert (depths["milliseconds"] > 0).all()
    assert depths["accuracy"].between(0, 1).all()


def test_numbers_follow_from_the_tables():
    found = result()
    own = found.depths[found.depths["statistics"] == "recalibrated"].set_index(["arm", "depth"])["accuracy"]
    assert found.package_mean == pytest.approx((own["package-a"].mean() + own["package-b"].mean()) / 2)
    assert found.truncated_smallest == own["truncated", 3]
    assert found.full == own["separate", 6] == own["truncated", 6]
    assert found.package_beyond == pytest.approx(found.package_mean - found.separate_mean)
    assert all(math.isfinite(getattr(found, name)) for name in metrics_of(type(found)))
    assert found.package_beyond_more == pytest.approx((own["more-package-a"].mean() + own["more-package-b"].mean()) / 2
                                                      - own["more-separate"].mean())
    costs = found.costs.set_index("arm")
    assert costs.at["package", "macs"] > costs.at["no-leader", "macs"] > costs.at["sandwich", "macs"]
    assert 1.0 <= costs.at["sandwich-long", "macs"] / costs.at["package", "macs"] < 1.5  # as much, rounded up to whole epochs of two
    assert costs.at["sandwich-own", "macs"] > costs.at["sandwich", "macs"]  # nothing to share
    one = costs.at["sandwich", "parameters"]
    assert costs.at["package", "parameters"] == 3 * one
    assert costs.at["no-leader", "parameters"] == 2 * one
    assert costs.at["separate", "parameters"] < 4 * one  # blocks that never run are not counted
    assert (costs["cpu_seconds"] > 0).all()


def test_predictions_are_those_of_the_samples():
    found = result()
    sizes = found.predictions.groupby(["arm", "depth"]).size()
    assert set(sizes) == {len(found.images)} == {80}  # all of the tiny test set; 200 at most
    assert found.predictions["probability"].between(0.1, 1.0).all()


@pytest.mark.parametrize("change, said", [
    ({"most_dropped": 4}, r"most_dropped must be at most 3, since 3 of 6 blocks always run, got 4: lower it, or add blocks\.$"),
    ({"temperature": 0.0}, r"temperature must lie in \[0.1, 100\], got 0.0"),
    ({"mutual": 1.5}, r"mutual must lie in \[0, 1\], got 1.5"),
    ({"n_more": 160}, r"n_more must be 0 or above n_train \(160\), got 160: raise it"),
    ({"n_statistics": 200}, r"n_statistics must be at most n_train \(160\), got 200")])
def test_bad_input_is_one_sentence(change, said):
    with pytest.raises(InputError, match=said):
        CONFIG.replace(**change)


def test_without_ablations_their_numbers_are_missing_and_time_is_saved():
    assert work_of(DepthConfig(ablations=False)).seconds() < work_of(DepthConfig()).seconds() < 120
    assert DISTILLATION_DEPTH.preset("full").gpu


def test_figures_draw_and_speak(tiny_depth_run):
    for figure in FIGURES:
        assert figure.draw(tiny_depth_run, LIGHT) is not None, figure.id
        assert 0 < len(figure.alt(tiny_depth_run)) < 160
    for axis in AXES:
        assert len(frontier(tiny_depth_run, LIGHT, axis=axis).data) == 6
    for measure in MEASURES:
        assert len(calibration(tiny_depth_run, LIGHT, measure=measure).data) == 6
    assert depth_rows(tiny_depth_run, "truncated", "accuracy", "shared")["depth"].tolist() == [3, 4, 5, 6]
