import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu
from sklearn.metrics import roc_auc_score
from sklearn.metrics import roc_curve as sklearn_roc_curve

from core.measures.roc import auc, auc_many, balanced_accuracy, best_threshold, roc_curve


@st.composite
def tied_scores(draw):
    """Scores on a coarse grid, so that ties within and between the groups are common."""
    n = draw(st.integers(2, 60))
    scores = np.array(draw(st.lists(st.integers(-4, 4), min_size=n, max_size=n))) / 3.0
    members = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    members[0], members[1] = True, False
    return scores, members


@settings(deadline=None)
@given(tied_scores())
def test_auc_and_curve_equal_scikit_learn(case):
    scores, members = case
    assert auc(scores, members) == pytest.approx(roc_auc_score(members, scores), abs=1e-12)
    curve = roc_curve(scores, members)
    fpr, tpr, thresholds = sklearn_roc_curve(members, scores, drop_intermediate=False)
    np.testing.assert_allclose(curve.fpr, fpr, atol=1e-12)
    np.testing.assert_allclose(curve.tpr, tpr, atol=1e-12)
    np.testing.assert_array_equal(curve.thresholds, thresholds)


@settings(deadline=None)
@given(tied_scores())
def test_auc_is_the_mann_whitney_statistic(case):
    scores, members = case
    statistic = mannwhitneyu(scores[members], scores[~members]).statistic
    assert auc(scores, members) == pytest.approx(statistic / members.sum() / (~members).sum(), abs=1e-12)


@settings(deadline=None)
@given(tied_scores())
def test_every_point_of_the_curve_is_what_its_threshold_does(case):
    scores, members = case
    curve = roc_curve(scores, members)
    for threshold, hits, alarms in zip(curve.thresholds, curve.true_positives, curve.false_positives, strict=True):
        accepted = scores >= threshold
        assert (hits, alarms) == ((accepted & members).sum(), (accepted & ~members).sum())


@settings(deadline=None)
@given(tied_scores())
def test_a_monotone_change_of_scores_changes_nothing_and_a_sign_turns_the_auc_round(case):
    scores, members = case
    assert auc(np.exp(scores), members) == auc(scores, members)
    assert auc(-scores, members) == pytest.approx(1.0 - auc(scores, members), abs=1e-12)


def test_by_hand():
    # Three members at 3, 2, 1 and two non-members at 2, 0: wins 2 + 1.5 + 1 of 6 comparisons.
    scores, members = np.array([3.0, 2.0, 1.0, 2.0, 0.0]), np.array([True, True, True, False, False])
    assert auc(scores, members) == pytest.approx(4.5 / 6)
    # Accepting everything above 0 gives TPR 1 and FPR 1/2; accepting only 3 gives 1/3 and 0.
    best = best_threshold(scores, members)
    assert (best.threshold, best.balanced_accuracy, best.advantage) == pytest.approx((1.0, 0.75, 0.5))


def test_rows_are_treated_on_their_own():
    random = np.random.default_rng(0)
    scores, members = random.integers(0, 30, (5, 200)).astype(float), random.random((5, 200)) < 0.3
    expected = [roc_auc_score(inside, row) for inside, row in zip(members, scores, strict=True)]
    np.testing.assert_allclose(auc_many(scores, members), expected, atol=1e-12)
    members[2] = True
    assert np.isnan(auc_many(scores, members)[2])


def test_best_threshold_equals_a_search_over_all_thresholds():
    random = np.random.default_rng(1)
    scores, members = random.integers(0, 20, 300).astype(float), random.random(300) < 0.4
    accuracies = [balanced_accuracy(scores >= threshold, members) for threshold in np.unique(scores)]
    assert best_threshold(scores, members).balanced_accuracy == pytest.approx(max(accuracies))


@pytest.mark.parametrize("scores, members, words", [
    ([0.0, 1.0], [True], "one shape"),
    ([0.0, np.nan], [True, False], "NaN"),
    ([0.0, 1.0], [True, True], "both be present"),
    ([0.0, 1.0], [1, 0], "boolean"),
])
def test_unusable_input_is_refused(scores, members, words):
    with pytest.raises(ValueError, match=words):
        auc(np.array(scores), np.array(members))
