"""Costs read from curves, and how well an index orders them."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from core.retraining.choice import picks
from core.retraining.cost import images_to, points_up_to, value_at, whole_epochs
from core.retraining.ranks import concordance, partial_spearman, spearman

POINTS, INF = np.array([0, 64, 192]), float("inf")


def test_first_crossing_of_the_best_so_far_is_interpolated():
    assert images_to(POINTS, np.array([0.5, 0.7, 0.9]), 0.8) == pytest.approx(128.0)
    assert images_to(POINTS, np.array([0.7, 0.1, 0.9]), 0.8) == pytest.approx(128.0)  # a dip does not count
    assert images_to(POINTS, np.array([0.8, 0.1, 0.2]), 0.8) == 0.0
    assert images_to(POINTS, np.array([0.5, 0.6, 0.7]), 0.8) == INF


def test_a_rounding_error_below_the_target_costs_nothing():
    assert images_to(POINTS, np.array([0.8, 0.9, 0.9]), 0.88 - 0.08 + 1e-16) == 0.0


def test_points_end_at_the_cap():
    assert points_up_to(512) == (0, 64, 192, 256, 512)
    assert points_up_to(300)[-2:] == (256, 300)


def test_whole_epochs_round_up():
    assert [whole_epochs(images, 100) for images in (0.0, 1.0, 100.0, 101.0, INF)] == [0.0, 1.0, 1.0, 2.0, INF]


def test_running_totals_end_where_training_does():
    assert value_at(128.0, POINTS, np.array([0.0, 1.0, 3.0])) == 2.0
    assert value_at(INF, POINTS, np.array([0.0, 1.0, 3.0])) == 3.0


def test_ranks_against_scipy():
    rng = np.random.Generator(np.random.PCG64(1))
    x, y = rng.normal(size=20), np.round(rng.normal(size=20), 1)
    assert spearman(x, y) == pytest.approx(spearmanr(x, y).statistic)
    assert np.isnan(spearman(x, np.zeros(20)))


def test_partial_is_nothing_where_the_rival_explains_all():
    rng = np.random.Generator(np.random.PCG64(2))
    z = rng.normal(size=2000)
    x, y = z + rng.normal(size=2000), z + rng.normal(size=2000)
    assert spearman(x, y) > 0.4
    assert partial_spearman(x, y, z) == pytest.approx(0.0, abs=0.06)
    assert np.isnan(partial_spearman(x, y, x))


def test_concordance_skips_pairs_that_cannot_be_ordered():
    assert concordance(np.array([1.0, 2.0, 3.0]), np.array([5.0, INF, INF])) == 1.0
    assert concordance(np.array([2.0, 1.0, 9.0]), np.array([5.0, INF, INF])) == 0.5
    assert concordance(np.array([1.0, 1.0]), np.array([0.0, 5.0])) == 0.5
    assert np.isnan(concordance(np.array([1.0, 2.0]), np.array([INF, INF])))


def test_regret_of_a_pick():
    cost = np.array([0.0, 100.0, INF])
    assert picks(np.array([0.1, 0.2, 0.3]), cost, 1000.0) == (1.0, 0.0)
    assert picks(np.array([0.3, 0.2, 0.1]), cost, 1000.0) == (0.0, 1000.0)
    right, regret = picks(np.zeros(3), cost, 1000.0)
    assert right == pytest.approx(1 / 3)
    assert regret == pytest.approx(1100 / 3)
