"""Difficulty scores by hand, against slow definitions and by property; larger is harder for each."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import spearmanr

from core.lab.errors import InputError
from core.spurious.scores import SCORE_NAMES, agreement, el2n, forgetting, loss, margin, score_run, stability

LOGITS = np.random.default_rng(0).normal(size=(50, 4)) * 3
LABELS = np.random.default_rng(1).integers(0, 4, 50)


def test_el2n_by_hand():
    """Probabilities 0.8, 0.1, 0.1 and label 0: the error is (-0.2, 0.1, 0.1)."""
    logits = np.log([[0.8, 0.1, 0.1]])
    assert el2n(logits, np.array([0]))[0] == pytest.approx(np.sqrt(0.06))
    assert el2n(logits, np.array([1]))[0] == pytest.approx(np.sqrt(0.64 + 0.81 + 0.01))


def test_against_torch_in_float64():
    logits, labels = torch.from_numpy(LOGITS), torch.from_numpy(LABELS)
    error = torch.softmax(logits, 1) - F.one_hot(labels, 4)
    np.testing.assert_allclose(el2n(LOGITS, LABELS), error.norm(dim=1))
    np.testing.assert_allclose(loss(LOGITS, LABELS), F.cross_entropy(logits, labels, reduction="none"))


def test_margin_by_hand():
    logits = np.log([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]])
    np.testing.assert_allclose(margin(logits, np.array([0, 2])), [-0.2, 0.3])


@given(arrays(np.float64, (6, 3), elements=st.floats(-60, 60)), st.integers(0, 2))
def test_ranges(logits, label):
    y = np.full(6, label)
    assert ((el2n(logits, y) >= 0) & (el2n(logits, y) <= np.sqrt(2) + 1e-12)).all()
    assert (loss(logits, y) >= 0).all()
    assert (np.abs(margin(logits, y)) <= 1).all()


def test_two_classes_are_ranked_alike_by_all_scores_of_one_checkpoint():
    logits, y = LOGITS[:, :2], LABELS % 2
    order = np.argsort(el2n(logits, y))
    np.testing.assert_array_equal(order, np.argsort(loss(logits, y)))
    np.testing.assert_array_equal(order, np.argsort(margin(logits, y)))


def test_forgetting_by_hand():
    """Learned once; forgotten twice; never learned counts as many as there are epochs."""
    correct = np.array([[0, 1, 0], [1, 0, 0], [1, 1, 0], [1, 0, 0]], bool)
    assert forgetting(correct).tolist() == [0, 2, 4]


@given(arrays(bool, (5, 7)))
def test_forgetting_against_a_slow_count(correct):
    for image, found in enumerate(forgetting(correct)):
        seen = correct[:, image]
        slow = sum(bool(before and not after) for before, after in itertools.pairwise(seen))
        assert found == (slow if seen.any() else 5)


def test_scores_of_a_run_read_the_last_epoch_or_all():
    early, late = LOGITS, -LOGITS
    np.testing.assert_array_equal(score_run("el2n", [early, late], LABELS), el2n(late, LABELS))
    right = np.stack([early.argmax(1) == LABELS, late.argmax(1) == LABELS])
    np.testing.assert_array_equal(score_run("forgetting", [early, late], LABELS), forgetting(right))
    with pytest.raises(InputError, match="got 'grand'"):
        score_run("grand", [early], LABELS)
    assert len(SCORE_NAMES) == 4


def test_agreement_is_spearman_within_classes():
    """Against SciPy class by class; a shift of one class against the other changes nothing."""
    rng = np.random.default_rng(2)
    one, two, y = rng.normal(size=200), rng.normal(size=200), np.repeat([0, 1], 100)
    two = two + one
    expected = np.mean([spearmanr(one[y == label], two[y == label])[0] for label in (0, 1)])
    assert agreement(one, two, y) == pytest.approx(expected)
    assert agreement(one + 100 * y, two, y) == pytest.approx(expected)
    assert np.isnan(agreement(np.ones(200), two, y))


def test_stability_is_the_mean_over_pairs():
    y = np.zeros(4, int)
    up, down = np.arange(4.0), -np.arange(4.0)
    assert stability(np.stack([up, up, down]), y) == pytest.approx((1 - 1 - 1) / 3)
    assert np.isnan(stability(up[None], y))
