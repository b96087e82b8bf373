"""Soft labels end to end on a few images: every arm there, numbers that follow from tables, networks trained once."""

import dataclasses
import math

import numpy as np
import pytest

from core.data.sources import load
from core.distillation.answer_quality import judged
from core.distillation.images import check_images, draw_images
from core.distillation.soft_labels.arms import Sources, candidates, chosen, controls
from core.distillation.soft_labels.config import SoftLabelConfig
from core.distillation.soft_labels.experiment import run
from core.distillation.soft_labels.figures import FIGURES, MEASURES, VIEWS, against_cost, against_hard, by_arm, heat_map
from core.distillation.soft_labels.spec import DISTILLATION, work_of
from core.lab.errors import InputError
from core.lab.experiment import Context, metrics_of
from core.lab.figure import LIGHT
from tests.distillation.tiny_soft_labels import CONFIG, result


class Shelf:
    """Stored networks in memory, counting what is put."""

    def __init__(self):
        self.kept, self.n_put = {}, 0

    def get(self, identity):
        return self.kept.get(repr(identity))

    def put(self, identity, arrays):
        self.kept[repr(identity)] = dict(arrays)
        self.n_put += 1


def run_on(shelf, config=CONFIG):
    return run(config, 0, Context(device="cpu", threads=2, models=shelf, begin=lambda step: None, report=lambda *told: None))


def sources():
    y = np.arange(40) % 4
    draws = np.random.Generator(np.random.PCG64(0))
    return Sources(y, np.eye(4) * 0.05 + 0.7 + 0.05 * draws.random((4, 4)), draws.normal(size=(40, 4)))


def test_every_arm_is_there_and_the_numbers_are_theirs():
    found = result()
    at = found.arms[found.arms["is_chosen"]].set_index("arm")
    assert set(at.index) == {
        "hard", "smoothing", "encoder", "kd", "uniform", "permuted", "released", "extreme", "sharp", "sharp-uniform", "sharp-permuted",
        "kd-table", "label-free", "self", "both", "both-uniform", "hard-more", "encoder-more", "uniform-more"}
    assert found.accuracy_uniform == at.at["uniform", "accuracy"]
    assert found.beyond_smoothing == pytest.approx(found.accuracy_encoder - found.accuracy_uniform)
    assert found.gain_more == pytest.approx(at.at["encoder-more", "accuracy"] - at.at["hard-more", "accuracy"])
    assert all(math.isfinite(getattr(found, name)) for name in metrics_of(type(found)))
    assert found.labels.groupby("row")["soft"].sum().to_numpy() == pytest.approx(1.0)


def test_labels_are_counted_with_what_makes_them():
    found = result()
    cost, at = found.costs.set_index("part"), found.arms.set_index("arm")
    assert at.at["hard", "label_seconds"] == 0.0
    assert at.at["encoder", "label_seconds"] == pytest.approx(found.cost_encoder) == pytest.approx(cost.at["autoencoder", "cpu_seconds"])
    assert at.at["both", "label_seconds"] == pytest.approx(found.cost_encoder + found.cost_teacher)
    assert at.at["self", "label_seconds"] == pytest.approx(at.at["hard", "student_seconds"])
    assert (at["student_seconds"] > 0).all()
    assert cost.at["student", "parameters"] == 61_750
    assert cost.at["autoencoder", "parameters"] == 46_585
    assert cost.at["autoencoder", "macs"] == 200 * 4 * 2 * (192 * 16**2 + 4608 * 8**2 + 18_432 * 4**2)  # by hand: three layers each way


def test_arms_differ_by_their_targets_alone():
    """A candidate with weight 0 is the hard-label student to the last bit."""
    config = CONFIG.replace(weights="0,0.5", n_more=0)
    arms = run_on(Shelf(), config).arms.set_index("title")
    assert arms.at["Autoencoder's labels, a 0, T 1", "loss"] == arms.at["Hard labels", "loss"]
    assert arms.at["Distillation, a 0, T 1", "loss"] == arms.at["Hard labels", "loss"]
    assert arms.at["Autoencoder's labels, a 0.5, T 1", "loss"] != arms.at["Hard labels", "loss"]


def test_networks_are_trained_once_and_kept():
    shelf = Shelf()
    first = run_on(shelf)
    before = shelf.n_put
    assert before == 1 + 1 + 9 + 12 + 1 + 3 - 1  # autoencoder, teacher, candidates, controls, the larger set; one candidate is a control
    again = run_on(shelf)
    assert shelf.n_put == before
    assert again.arms.drop(columns=["label_seconds"]).equals(first.arms.drop(columns=["label_seconds"]))
    run_on(shelf, CONFIG.replace(bonus=0.5))
    assert shelf.n_put == before + 11  # only the arms that learn from the table


def test_equal_numbers_of_candidates_and_a_choice_on_validation():
    arms = candidates(SoftLabelConfig(), sources())
    families = [arm.family for arm in arms]
    assert families.count("encoder") == families.count("teacher") == families.count("smoothing") == 6
    accuracy, loss = np.zeros(len(arms)), np.arange(len(arms), dtype=float)
    best = families.index("teacher") + 2
    accuracy[best] = 0.5
    assert chosen(arms, "teacher", accuracy, loss) is arms[best]
    assert chosen(arms, "encoder", accuracy, loss) is arms[families.index("encoder")]  # equal: the lower loss


def test_controls_have_the_chosen_setting():
    arms = {arm.id: arm for arm in candidates(SoftLabelConfig(), sources())}
    made = {arm.id: arm for arm in controls(SoftLabelConfig(), sources(), arms["encoder-0.6-4"], arms["kd-0.9-1"], np.zeros((40, 4)), 0)}
    assert (made["uniform"].weight, made["uniform"].temperature) == (0.6, 4.0)
    assert made["label-free"].hard == 0.0
    assert made["both"].hard + sum(term.weight for term in made["both"].terms) == pytest.approx(1.0)
    assert made["both"].terms[0].weight == pytest.approx(0.9)
    own = made["uniform"].terms[0].targets[np.arange(40), sources().y]
    table = sources().table(SoftLabelConfig())
    assert own == pytest.approx(np.diag(table).mean())


def test_images_of_the_smaller_set_are_in_the_larger():
    data = load("fashion-mnist")
    small, large = (draw_images(data, 3, n_train=n, n_validation=50, n_test=60) for n in (100, 200))
    assert (large.train[0][:100] == small.train[0]).all()
    assert (large.test[0] == small.test[0]).all()
    assert set(np.bincount(small.train[1])) == {10}


def test_calibration_by_hand():
    logits = np.log(np.array([[0.95, 0.05], [0.95, 0.05], [0.05, 0.95], [0.95, 0.05]]))
    found = judged(logits, np.array([0, 0, 1, 1]))
    assert found.ece == pytest.approx(0.2)
    assert found.overconfidence == pytest.approx(0.2)
    assert found.brier == pytest.approx((3 * 2 * 0.05**2 + 2 * 0.95**2) / 4)


@pytest.mark.parametrize("change, said", [
    ({"temperatures": "0"}, r"temperatures must be different numbers in \[0.1, 100\], got '0'"),
    ({"weights": "0.5,1.2"}, r"weights must be different numbers in \[0, 1\], got '0.5,1.2'"),
    ({"weights": "half"}, "weights must be numbers separated by commas, got 'half'"),
    ({"weights": "0.5,nan"}, r"weights must be different numbers in \[0, 1\]"),
    ({"n_more": 200}, r"n_more must be 0 or above n_train \(200\), got 200"),
    ({"sharpening": 0.0}, r"sharpening must lie in \[0.001, 1\], got 0.0")])
def test_bad_input_is_one_sentence(change, said):
    with pytest.raises(InputError, match=said):
        CONFIG.replace(**change)


def test_data_with_one_class_or_too_few_images_is_refused():
    data = load("fashion-mnist")
    one = dataclasses.replace(data, class_names=("shirt",), y_train=np.zeros(20_000, int), y_test=np.zeros(5000, int))
    with pytest.raises(InputError, match=r"distillation needs at least 2 classes, got 1: choose data with more\.$"):
        check_images(one, n_train=100, n_validation=10, n_test=10)
    with pytest.raises(InputError, match="training and validation images together must be at most 20000, got 20001"):
        check_images(data, n_train=20_000, n_validation=1, n_test=10)


def test_estimate_grows_with_the_work():
    lite = DISTILLATION.presets[0].config
    assert 30 < work_of(lite).seconds() < 120
    assert work_of(lite.replace(epochs=36)).seconds() > 1.5 * work_of(lite).seconds()


def test_figures_draw_and_speak(tiny_run):
    for figure in FIGURES:
        assert figure.draw(tiny_run, LIGHT) is not None, figure.id
        assert 0 < len(figure.alt(tiny_run)) < 160
    assert {len(heat_map(tiny_run, LIGHT, view=view).data) for view in VIEWS} == {2}
    assert {len(by_arm(tiny_run, LIGHT, measure=measure).data) for measure in MEASURES} == {4}
    assert against_cost(tiny_run, LIGHT, cost="energy") is not None
    rows = against_hard(tiny_run, "accuracy")
    assert "hard" not in set(rows["arm"])
    assert rows["value"].is_monotonic_decreasing
