"""Which images go: exact counts, the right end of the ranking, and the choices that need no group labels."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lab.errors import InputError
from core.spurious.config import SpuriousConfig
from core.spurious.data_pruning import choose_share, inferred_carriers, largest_affordable, n_pruned, prune, prune_counts, two_means
from core.spurious.prunings import Pruning, kept_by, prunings
from core.spurious.scenarios import Scenario

Y = np.array([0, 0, 0, 0, 1, 1, 1, 1])
SCORES = np.array([0.1, 0.4, 0.3, 0.2, 0.9, 0.6, 0.7, 0.8])
ALL = np.ones(8, bool)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def gone(kept: np.ndarray) -> list[int]:
    return np.flatnonzero(~kept).tolist()


def test_orders_by_hand():
    assert gone(prune(SCORES, ALL, Y, 0.5, order="hardest", rng=rng())) == [1, 2, 4, 7]
    assert gone(prune(SCORES, ALL, Y, 0.5, order="easiest", rng=rng())) == [0, 3, 5, 6]
    assert gone(prune(SCORES, ALL, Y, 0.3, order="hardest", rng=rng())) == [1, 2, 4, 7]  # ceil(0.3 * 4) = 2


def test_counts_survive_the_last_bit():
    assert [n_pruned(share, 30) for share in (0.0, 0.1, 0.7, 1.0)] == [0, 3, 21, 30]
    assert n_pruned(0.1 + 0.2, 10) == 3
    with pytest.raises(InputError, match=r"in \[0, 1\], got 1.1"):
        n_pruned(1.1, 10)


@given(st.floats(0, 0.9), st.integers(0, 10**6), st.sampled_from(["hardest", "random", "easiest"]))
def test_counts_are_exact_and_per_class(share, seed, order):
    draws = rng(seed)
    y, scores, candidates = draws.integers(0, 3, 60), draws.integers(0, 4, 60).astype(float), draws.random(60) < 0.7
    kept = prune(scores, candidates, y, share, order=order, rng=draws)
    assert kept[~candidates].all()
    for label in np.unique(y):
        members = candidates & (y == label)
        assert (~kept[members]).sum() == math.ceil(round(share * members.sum(), 9))
        if order == "hardest" and (~kept & members).any():
            assert scores[~kept & members].min() >= scores[kept & members].max(initial=-1)


def test_equal_scores_go_at_random():
    found = {tuple(gone(prune(np.zeros(8), ALL, Y, 0.25, order="hardest", rng=rng(seed)))) for seed in range(20)}
    assert len(found) > 5


def test_a_class_may_not_be_emptied():
    with pytest.raises(InputError, match="none left of class 0: lower the share"):
        prune(SCORES, ALL, Y, 0.9, order="hardest", rng=rng())
    with pytest.raises(InputError, match="got 'middle'"):
        prune_counts(SCORES, ALL, Y, {0: 1}, order="middle", rng=rng())


def test_two_means_against_every_cut():
    """The split with the least squared distance, searched by definition."""
    values = np.concatenate([rng(1).normal(0, 1, 12), rng(2).normal(4, 0.5, 7)])
    ordered = np.sort(values)
    cost = [((ordered[:at] - ordered[:at].mean()) ** 2).sum() + ((ordered[at:] - ordered[at:].mean()) ** 2).sum() for at in range(1, 19)]
    edge = ordered[int(np.argmin(cost))]
    np.testing.assert_array_equal(two_means(values), values <= edge)


def test_two_means_keeps_equal_values_together():
    assert two_means(np.array([1.0, 1.0, 1.0, 5.0])).tolist() == [True, True, True, False]
    assert two_means(np.ones(3)).all()


def test_carriers_are_inferred_in_every_class_by_orders_of_magnitude():
    """On a plain scale 0.2 and 0.3 would lie with the lower cluster; zero is as small as can be told."""
    scores = np.array([0.0, 1e-6, 0.2, 1.0, 1e-3, 2e-3, 0.3, 1.3])
    assert inferred_carriers(scores, Y).tolist() == [True, True, False, False, True, True, False, False]


@pytest.mark.parametrize("average, worst, budget, expected", [
    ([0.9, 0.9, 0.9], [0.5, 0.7, 0.7], 0.05, 1),     # stops improving after the second
    ([0.9, 0.9, 0.8], [0.5, 0.6, 0.9], 0.05, 1),     # the third is too dear
    ([0.9, 0.9, 0.9], [0.7, 0.7, 0.6], 0.05, 0),     # pruning does not help
    ([0.9, 0.8, 0.88], [0.5, 0.9, 0.6], 0.05, 2),    # the dear second is skipped
    ([0.9, 0.9, 0.9], [0.5, 0.502, 0.504], 0.05, 0),  # less than the tolerance is no improvement
])
def test_choice_of_the_share_by_hand(average, worst, budget, expected):
    assert choose_share(np.array([0, 0.25, 0.5]), np.array(average), np.array(worst), budget=budget) == expected


def test_the_largest_share_within_the_budget():
    assert largest_affordable(np.array([0.9, 0.88, 0.85, 0.7]), budget=0.05) == 2
    assert largest_affordable(np.array([0.9, 0.8]), budget=0.05) == 0


def scenario() -> Scenario:
    carriers = np.array([True, False, True, False, False, False, False, False])
    return Scenario("main", carriers, np.zeros(8, bool), Y, np.zeros(8, bool), None, None)


@pytest.mark.parametrize("rule, share, expected", [
    ("hardest", 0.25, [1, 4]), ("easiest", 0.25, [0, 5]), ("oracle_hardest", 0.5, [2]), ("oracle_easiest", 0.5, [0]),
    ("oracle_hardest", 1.0, [0, 2]), ("others_hardest", 0.5, [1, 3, 4, 7]), ("inferred_hardest", 0.5, [2, 6])])
def test_rules_by_hand(rule, share, expected):
    """Carriers are images 0 and 2. Early scores put 0 and 2 of class 0 and 5 and 6 of class 1 into the lower cluster."""
    early = np.array([1e-3, 1.0, 1e-3, 0.5, 1.0, 1e-3, 2e-3, 1.1])
    assert gone(kept_by(Pruning("main", rule, share), scenario(), SCORES, early, 0)) == expected


def test_random_rule_repeats_itself_and_an_unknown_one_is_refused():
    masks = [kept_by(Pruning("main", "random", 0.5), scenario(), SCORES, SCORES, seed) for seed in (0, 0, 1, 2, 3)]
    np.testing.assert_array_equal(masks[0], masks[1])
    assert any(not np.array_equal(masks[0], other) for other in masks[2:])
    with pytest.raises(InputError, match="got 'worst_hardest'"):
        kept_by(Pruning("main", "worst_hardest", 0.5), scenario(), SCORES, SCORES, 0)


def test_every_scenario_has_the_rules_its_claims_need():
    config = SpuriousConfig()
    tried = {(one.scenario, one.rule, one.share) for name in config.scenarios for one in prunings(config, name)}
    needed = [("main", rule, 0.5) for rule in ("hardest", "random", "easiest", "others_hardest", "oracle_hardest", "oracle_easiest")]
    needed += [(name, rule, 0.5) for name, rule in itertools.product(("hidden", "noisy"), ("hardest", "random", "others_hardest"))]
    needed += [("identifiable", rule, 0.5) for rule in ("hardest", "random", "inferred_hardest")]
    assert set(needed) <= tried
