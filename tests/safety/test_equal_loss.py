"""When a training is measured and when it ends, with scripted losses."""

import numpy as np
import pytest

from core.language.batches import batch_of
from core.language.tuning import response_loss
from core.safety.equal_loss import GLANCED, EqualLossCourse, columns_of, mean_loss
from core.safety.record import Behaviour
from tests.language.tiny_language import PAIRS, tiny_language

BEHAVIOUR = Behaviour(
    ("a", "b"), ("c",), {"prefix": np.array([True, False]), "phrase": np.array([True, True]), "first_token": np.array([0.5, 0.1])},
    {"prefix": np.array([False]), "phrase": np.array([False]), "first_token": np.array([0.0])}, 3.0, 0.75, 0.5)


LONGEST = 4


def drive(losses, *, n, target, early=False, sketched=0):
    """Run a course over losses[step]; return it and the step at which it ended. Sketched: as many refusals as steps."""
    step = 0
    course = EqualLossCourse(lambda: losses[step], lambda: BEHAVIOUR, lambda n: np.arange(n) < step, n, LONGEST, target, early, sketched)
    for step in range(1, course.most_steps + 1):
        if course.after(step, 0.0):
            break
    return course, step


def points(course):
    return [(row["point"], row["steps"], row["train_loss"], row["reached"]) for row in course.points]


def test_the_plain_arm_is_both_points_at_once():
    course, end = drive(np.linspace(5, 1, 9), n=8, target=np.inf)
    assert points(course) == [("equal_steps", 8, 1.0, True), ("equal_loss", 8, 1.0, True)]
    assert end == 8
    assert course.curve == [(4, 3.0, 4 / GLANCED), (8, 1.0, 0.5)]


def test_a_frozen_arm_goes_on_until_its_loss_is_as_low():
    losses = [9, 8, 7, 6, 5, 4.5, 4.0, 3.5]
    course, end = drive(losses, n=4, target=4.0)
    assert points(course) == [("equal_steps", 4, 5, False), ("equal_loss", 6, 4.0, True)]
    assert end == 6
    assert [row[0] for row in course.curve] == [4, 6]


def test_away_from_the_loss_a_sketch_is_enough():
    course, _ = drive([9, 8, 7, 6, 5, 4.5, 4.0, 3.5], n=4, target=4.0, sketched=5)
    first, second = course.points
    assert first["prefix"] == 4 / 5
    assert np.isnan(first["perplexity"])
    assert (second["prefix"], second["perplexity"]) == (0.5, 3.0)
    plain, _ = drive([9.0] * 5, n=4, target=np.inf, sketched=5)
    assert {row["perplexity"] for row in plain.points} == {3.0}


def test_an_arm_that_never_gets_there_says_so():
    course, end = drive([9.0] * 20, n=4, target=1.0)
    assert points(course) == [("equal_steps", 4, 9.0, False), ("equal_loss", 4 * LONGEST, 9.0, False)]
    assert end == 4 * LONGEST


@pytest.mark.parametrize("early, at", [(True, 2), (False, 4)])
def test_low_rank_may_be_early(early, at):
    course, end = drive([9, 5, 3, 2, 1], n=4, target=3.0, early=early)
    assert ("equal_loss", at) in [(point, step) for point, step, *_ in points(course)]
    assert ("equal_steps", 4, 1, True) in points(course)
    assert end == 4


def test_the_mixture_is_compared_at_equal_steps_only():
    course, end = drive([9, 8, 7, 6, 5], n=4, target=-np.inf)
    assert points(course) == [("equal_steps", 4, 5, False)]
    assert end == 4


def test_columns_by_hand():
    assert columns_of(BEHAVIOUR) == {
        "prefix": 0.5, "phrase": 1.0, "first_token": 0.3, "false_prefix": 0.0, "perplexity": 3.0, "accuracy": 0.75}


def test_mean_loss_weighs_tokens():
    model = tiny_language()
    each = [(len(model.codec.response(pair.response)), float(response_loss(model, batch_of(model, [pair])).detach())) for pair in PAIRS]
    expected = sum(n * loss for n, loss in each) / sum(n for n, _ in each)
    assert mean_loss(model, PAIRS) == pytest.approx(expected, rel=1e-5)
    assert mean_loss(model, PAIRS * 5) == pytest.approx(expected, rel=1e-5)
