"""Which images are marked, and whether they can be told from the rest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.lab.errors import InputError
from core.spurious.carriers import BLOCKS, block, choose, n_carriers, uniformity


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_blocks_by_hand():
    places, scores = np.array([2, 4, 6, 8, 9]), np.array([0, 0, 5, 0, 1, 0, 4, 0, 2, 3.0])
    assert block(places, scores, 2, 0.0, rng()).tolist() == [4, 8]
    assert block(places, scores, 2, 1.0, rng()).tolist() == [2, 6]
    assert block(places, scores, 1, 0.5, rng()).tolist() == [9]


def test_choosing_by_difficulty_and_at_random():
    places, scores = np.arange(100), np.arange(100.0)
    assert choose("hardest", places, scores, 3, rng()).tolist() == [97, 98, 99]
    assert choose("easiest", places, scores, 3, rng()).tolist() == [0, 1, 2]
    assert choose("middle", places, scores, 2, rng()).tolist() == [49, 50]
    drawn = choose("random", places, None, 30, rng())
    assert len(set(drawn.tolist())) == 30
    assert [name for name, _ in BLOCKS][::4] == ["easiest", "hardest"]


def test_a_share_that_rounds_to_nothing():
    assert n_carriers(0.02, 1800) == 36
    with pytest.raises(InputError, match=r"at least one of the 20 training images of the biased class, got 0.02, which rounds to none"):
        n_carriers(0.02, 20)


@given(arrays(np.float64, 9, elements=st.integers(0, 6).map(float)), arrays(np.float64, 14, elements=st.integers(0, 6).map(float)))
def test_statistic_and_auc_against_their_definitions(carriers, others):
    test = uniformity(carriers, others)
    slow = max(abs((carriers <= at).mean() - (others <= at).mean()) for at in np.concatenate([carriers, others]))
    wins = np.mean([(one > two) + 0.5 * (one == two) for one in carriers for two in others])
    assert test.statistic == pytest.approx(slow)
    assert test.carrier_auc == pytest.approx(wins)


def test_the_p_value_by_hand():
    """Two against two, all carriers below: of the 6 orders 2 are as extreme, so p is one third."""
    assert uniformity(np.array([0.0, 1.0]), np.array([2.0, 3.0])).p_value == pytest.approx(1 / 3)


def test_regimes():
    """Direction: a random part is hidden (p is above 5 % in nearly every draw), the easiest third is identifiable."""
    scores = rng().random(600)
    hidden = [uniformity(draws[:40], draws[40:]).regime for draws in (rng().permutation(scores) for _ in range(1))]
    assert hidden == ["hidden"]
    ordered = np.sort(scores)
    told = uniformity(ordered[:200], ordered[200:])
    assert told.regime == "identifiable"
    assert told.carrier_auc == 0.0


def test_nothing_to_compare():
    assert np.isnan(uniformity(np.zeros(0), np.ones(3)).p_value)
