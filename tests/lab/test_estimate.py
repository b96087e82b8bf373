import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.lab.estimate import Estimate, over_seeds, ratio_over_seeds


def test_by_hand():
    # mean 2, standard deviation 1, standard error 1/sqrt(3), t(0.975, 2) = 4.302652729749
    estimate = over_seeds([1.0, 2.0, 3.0])
    half = 4.302652729749 / math.sqrt(3)
    assert estimate.value == 2.0
    assert estimate.low == pytest.approx(2 - half, abs=1e-9)
    assert estimate.high == pytest.approx(2 + half, abs=1e-9)
    assert estimate.n == 3


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=30).filter(lambda values: max(values) - min(values) > 1e-3))
def test_against_scipy(values):
    interval = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    estimate = over_seeds(values)
    assert estimate.low == pytest.approx(interval.low, rel=1e-9, abs=1e-6)
    assert estimate.high == pytest.approx(interval.high, rel=1e-9, abs=1e-6)


@given(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=10), st.randoms())
def test_the_order_of_seeds_does_not_matter(values, random):
    shuffled = random.sample(values, len(values))
    assert over_seeds(shuffled).value == pytest.approx(over_seeds(values).value, abs=1e-9)


def test_equal_seeds_have_no_spread():
    assert over_seeds([0.5] * 5) == Estimate(0.5, 0.5, 0.5, 5)


@pytest.mark.parametrize("values", [[0.5], [0.5, 0.7]])
def test_no_interval_under_three_seeds(values):
    estimate = over_seeds(values)
    assert (estimate.low, estimate.high, estimate.n) == (None, None, len(values))
    assert estimate.value == pytest.approx(sum(values) / len(values))


@pytest.mark.parametrize("values, n", [([], 0), ([0.1, math.nan, 0.2, 0.3], 4)])
def test_what_cannot_be_resolved_is_nan(values, n):
    estimate = over_seeds(values)
    assert math.isnan(estimate.value)
    assert (estimate.low, estimate.high, estimate.n) == (None, None, n)


def test_the_interval_covers_as_often_as_it_says():
    """Of 4000 samples of 5 normals, 95 % cover the mean: binomial standard error 0.35 points, four of them allowed."""
    draws = np.random.default_rng(7).normal(3.0, 2.0, size=(4000, 5))
    covered = np.mean([(e := over_seeds(row)).low <= 3.0 <= e.high for row in draws])
    assert covered == pytest.approx(0.95, abs=0.014)


def test_ratios_are_averaged_as_logarithms():
    # logarithms to base 2 are 1, 2, 3: mean 2, so 4; half width as above, 4.302652729749 / sqrt(3) of them
    estimate = ratio_over_seeds([2.0, 4.0, 8.0])
    half = 4.302652729749 / math.sqrt(3)
    assert estimate.value == pytest.approx(4.0)
    assert estimate.low == pytest.approx(2 ** (2 - half))
    assert estimate.high == pytest.approx(2 ** (2 + half))
    turned = ratio_over_seeds([1 / 2, 1 / 4, 1 / 8])
    assert (turned.low, turned.high) == (pytest.approx(1 / estimate.high), pytest.approx(1 / estimate.low))


@pytest.mark.parametrize("values", [[1.0, 2.0, 0.0], [1.0, math.nan, 2.0], [1.0, -1.0, 2.0]])
def test_a_ratio_without_logarithm_is_unresolved(values):
    assert math.isnan(ratio_over_seeds(values).value)
    assert ratio_over_seeds(values).low is None


def test_two_ratios_have_no_interval_and_bounds_cut():
    assert ratio_over_seeds([2.0, 8.0]) == Estimate(pytest.approx(4.0), None, None, 2)
    assert ratio_over_seeds([2.0, 4.0, 8.0], (1.0, 9.0)) == Estimate(pytest.approx(4.0), 1.0, 9.0, 3)


def test_shares_that_agree_are_as_wide_as_their_items_are_few():
    found = over_seeds([1.0] * 5, (0.0, 1.0), resolution=1 / 30)
    assert found.high == 1.0
    assert found.low == pytest.approx(0.025 ** (1 / 150), abs=5e-4), "Clopper and Pearson, 150 of 150"
