import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from core.measures.intervals import clopper_pearson, normal_quantile
from core.measures.operating_point import (
    OperatingPoint,
    Unresolvable,
    allowed_false_positives,
    epsilon_lower_bound,
    tpr_at_fpr,
    tpr_at_fpr_many,
)
from core.measures.roc import roc_curve


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.05, 0.1, 0.29, 0.5, 1.0]))
def test_it_is_the_best_of_all_admissible_thresholds(seed, level):
    random = np.random.default_rng(seed)
    scores, members = random.integers(0, 12, 150).astype(float), random.random(150) < 0.5
    curve = roc_curve(scores, members)
    point = tpr_at_fpr(scores, members, fpr=level)
    assert isinstance(point, OperatingPoint)
    assert point.tpr == curve.tpr[curve.fpr <= level].max()
    accepted = scores >= point.threshold
    assert point.n_false_positives == (accepted & ~members).sum()
    assert point.n_true_positives == (accepted & members).sum()
    assert point.realised_fpr <= level
    assert point.tpr_low <= point.tpr <= point.tpr_high
    assert point.fpr_low <= point.realised_fpr <= point.fpr_high


def test_ties_are_never_split():
    # A member and a non-member share the top score: no threshold admits the one without the other.
    point = tpr_at_fpr(np.array([1.0, 1.0, 0.0]), np.array([True, False, False]), fpr=0.0)
    assert (point.tpr, point.n_false_positives, point.threshold) == (0.0, 0, np.inf)


@pytest.mark.parametrize("n_non_members, level, is_refused", [
    (999, 0.001, True), (1000, 0.001, False), (99, 0.01, True), (100, 0.01, False), (5, 0.0, False), (3, 0.3, True)])
def test_a_level_below_one_non_member_is_refused(n_non_members, level, is_refused):
    members = np.arange(n_non_members + 10) < 10
    point = tpr_at_fpr(np.linspace(1, 0, members.size), members, fpr=level)
    assert isinstance(point, Unresolvable) == is_refused
    if is_refused:
        assert f"{n_non_members:,}" in point.reason
        assert point.reason.count(".") >= 1


def test_few_admissible_false_positives_are_flagged():
    members = np.arange(2000) < 1000
    scores = np.random.default_rng(0).normal(size=2000)
    assert tpr_at_fpr(scores, members, fpr=0.005).is_coarse
    assert not tpr_at_fpr(scores, members, fpr=0.01).is_coarse


@settings(deadline=None)
@given(st.integers(1, 5000), st.integers(0, 5000))
def test_the_level_a_count_stands_for_admits_that_count(n, k):
    k = min(k, n)
    assert allowed_false_positives(k / n, n) == k


def test_many_rows_equal_one_by_one():
    random = np.random.default_rng(4)
    scores, members = random.integers(0, 50, (4, 400)).astype(float), random.random((4, 400)) < 0.5
    levels = np.array([0.01, 0.1, 0.5])
    one_by_one = [
        [tpr_at_fpr(row, inside, fpr=level).tpr for level in levels] for row, inside in zip(scores, members, strict=True)]
    np.testing.assert_array_equal(tpr_at_fpr_many(scores, members, fpr=levels), one_by_one)


@pytest.mark.parametrize("k, n", [(0, 10), (10, 10), (3, 10), (1, 1), (0, 1), (250, 1000), (9999, 10000)])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_clopper_pearson_equals_scipy(k, n, confidence):
    interval = binomtest(k, n).proportion_ci(confidence_level=confidence, method="exact")
    assert clopper_pearson(k, n, confidence=confidence) == pytest.approx((interval.low, interval.high), abs=1e-9)


@pytest.mark.parametrize("n, share", [(40, 0.02), (40, 0.3), (500, 0.01), (500, 0.5)])
def test_clopper_pearson_covers_at_least_as_often_as_it_says(n, share):
    # Exact coverage: the sum of binomial probabilities over counts whose interval holds the truth; no sampling involved.
    counts = np.arange(n + 1)
    low, high = clopper_pearson(counts, n)
    log_weights = np.cumsum(np.log(np.concatenate([[1.0], (n - counts[:-1]) / (counts[1:])])))
    weights = np.exp(log_weights + counts * np.log(share) + (n - counts) * np.log1p(-share))
    covered = weights[(low <= share) & (share <= high)].sum()
    assert weights.sum() == pytest.approx(1.0)
    assert 0.95 <= covered <= 0.995


def test_epsilon_by_hand():
    # Counts so large that the Clopper-Pearson ends come close to the shares .5 and .05: log 10 from below.
    assert epsilon_lower_bound(500_000, 10**6, 50_000, 10**6) == pytest.approx(np.log(10), abs=0.02)
    assert epsilon_lower_bound(500_000, 10**6, 50_000, 10**6) < np.log(10)
    # The other inequality: TNR .5 over FNR .05.
    assert epsilon_lower_bound(950_000, 10**6, 500_000, 10**6) == pytest.approx(np.log(10), abs=0.02)
    assert epsilon_lower_bound(500_000, 10**6, 50_000, 10**6, delta=0.25) == pytest.approx(np.log(5), abs=0.02)
    assert epsilon_lower_bound(50, 1000, 50, 1000) == 0.0
    assert epsilon_lower_bound(10, 1000, 0, 1000, delta=0.9) == 0.0


def test_epsilon_bound_holds_for_randomised_response():
    """Randomised response with epsilon 1 is the attack's best case; the bound may exceed 1 in at most 5 % of audits."""
    random, repeats = np.random.default_rng(5), 2000
    truth = np.exp(1) / (1 + np.exp(1))
    hits, alarms = random.binomial(1000, truth, repeats), random.binomial(1000, 1 - truth, repeats)
    bounds = np.array([epsilon_lower_bound(hit, 1000, alarm, 1000) for hit, alarm in zip(hits, alarms, strict=True)])
    assert (bounds > 1.0).mean() < 0.05
    assert bounds.mean() > 0.7


@pytest.mark.parametrize("call, words", [
    (lambda: clopper_pearson(3, 2), "successes"), (lambda: clopper_pearson(0, 0), "trials"),
    (lambda: normal_quantile(1.0), "confidence"), (lambda: allowed_false_positives(1.5, 10), "fpr"),
    (lambda: epsilon_lower_bound(1, 2, 1, 2, delta=1.0), "delta")])
def test_unusable_input_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_normal_quantile():
    assert normal_quantile(0.95) == pytest.approx(1.959963985)
