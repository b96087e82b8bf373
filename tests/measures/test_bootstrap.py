"""Gap intervals: by hand where a bootstrap has one outcome, properties, and coverage on simulated groups."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.measures.bootstrap import accuracy_gap_over_seeds, gap_draws, gap_interval, gap_over_seeds


def test_without_spread_inside_groups_the_interval_is_the_gap():
    values, groups = np.array([1.0, 1.0, 0.25, 0.25, 0.5]), np.array([0, 0, 1, 1, 2])
    assert gap_interval(values, groups, 3, np.random.default_rng(0)) == (0.75, 0.75)


def test_two_samples_by_hand():
    # group 0 is (0, 1), group 1 is (3, 3): redrawn gaps are 3, 2.5, 2 with odds 1 : 2 : 1, so both outer quantiles are 3 and 2
    assert gap_interval(np.array([0.0, 1.0, 3.0, 3.0]), np.array([0, 0, 1, 1]), 2, np.random.default_rng(0)) == (2.0, 3.0)


@given(seed=st.integers(0, 50), shift=st.floats(-3, 3), n_groups=st.integers(2, 5))
def test_it_holds_the_observed_gap_and_ignores_shifts_and_names_of_groups(seed, shift, n_groups):
    random = np.random.default_rng(seed)
    values, groups = random.normal(size=40), np.arange(40) % n_groups
    observed = np.ptp([values[groups == group].mean() for group in range(n_groups)])
    low, high = gap_interval(values, groups, n_groups, np.random.default_rng(seed), n_draws=200)
    assert 0 <= low <= observed <= high
    assert gap_interval(values + shift, groups, n_groups, np.random.default_rng(seed), n_draws=200) == pytest.approx((low, high))


def test_coverage_over_repeated_draws():
    """Accuracies from 60 % to 96 % over ten groups of 100: the true gap of 0.36 is covered in about nine of ten cases."""
    truth, random, groups = np.linspace(0.6, 0.96, 10), np.random.default_rng(0), np.repeat(np.arange(10), 100)
    hits = 0
    for _ in range(100):
        values = (random.random(1000) < truth[groups]).astype(np.float64)
        low, high = gap_interval(values, groups, 10, random, n_draws=200)
        hits += low <= 0.36 <= high
    assert hits >= 82, "four standard errors of a share under 95 %"


def test_over_seeds_it_covers_seeds_and_samples():
    random, n = np.random.default_rng(1), np.full(6, 400)
    accuracy = np.clip(np.linspace(0.6, 0.9, 6) + 0.03 * random.standard_normal((5, 6)), 0, 1)
    found = accuracy_gap_over_seeds(accuracy, n, random)
    assert found.value == pytest.approx(np.ptp(accuracy, axis=1).mean())
    assert found.low < found.value < found.high
    assert found.n == 5
    fewer = accuracy_gap_over_seeds(accuracy, np.full(6, 25), random)
    assert fewer.high - fewer.low > found.high - found.low, "fewer samples, wider interval"
    alike = accuracy_gap_over_seeds(np.repeat(accuracy[:1], 5, axis=0), np.full(6, 10**9), random)
    assert alike.high - alike.low < 1e-3, "no spread of seeds and none of samples"
    assert accuracy_gap_over_seeds(accuracy[:2], n, random).low is None


def test_draws_of_every_seed_make_an_interval_over_seeds_and_samples():
    random, groups = np.random.default_rng(2), np.repeat(np.arange(4), 200)
    truth = np.array([0.0, 0.1, 0.3, 0.5])
    made = [gap_draws((truth + shift)[groups] + random.normal(size=800), groups, 4, random, n_draws=300) for shift in (0.0, 1.0, 2.0, 3.0)]
    observed, draws = np.array([gap for gap, _ in made]), np.stack([drawn for _, drawn in made])
    found = gap_over_seeds(observed, draws, random)
    assert found.value == pytest.approx(observed.mean())
    assert found.low < 0.5 < found.high
    still = gap_over_seeds(observed, np.repeat(observed[:, None], 300, axis=1), random)
    assert still.high - still.low < found.high - found.low, "without samples redrawn, seeds alone"
    assert gap_over_seeds(np.full(4, 0.5), np.full((4, 10), 0.5), random).low == 0.5, "neither spread"
    assert gap_over_seeds(observed[:2], draws[:2], random).low is None


def test_coverage_over_seeds():
    """Five seeds whose groups differ by two points: the mean gap is covered in 95 of 100 cases, less four standard errors of that share."""
    random, truth, hits = np.random.default_rng(3), np.linspace(0.6, 0.96, 10), 0
    wanted = np.ptp(truth + 0.02 * random.standard_normal((4000, 10)), axis=1).mean()
    for _ in range(150):
        of_seeds = np.clip(truth + 0.02 * random.standard_normal((5, 10)), 0, 1)
        found = accuracy_gap_over_seeds(random.binomial(100, of_seeds) / 100, np.full(10, 100), random, n_draws=200)
        hits += found.low <= wanted <= found.high
    assert hits / 150 >= 0.95 - 4 * (0.95 * 0.05 / 150) ** 0.5
