import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.measures.leave_one_out import (
    count_of_others,
    mean_of_others,
    median_of_others,
    squares_of_others,
    sum_of_others,
)
from core.measures.thresholds import thresholds_per_class, transferred_thresholds


def loop(values, chosen, summary):
    """Compute a statistic of the chosen rows other than k, one target, sample and query at a time."""
    result = np.full(values.shape, np.nan)
    for k, i, a in np.ndindex(*values.shape):
        others = [j for j in range(len(values)) if j != k and chosen[j, i]]
        if others:
            result[k, i, a] = summary(values[others, i, a])
    return result


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(2, 8))
def test_all_targets_at_once_equal_a_loop(seed, n_models):
    random = np.random.default_rng(seed)
    values = np.round(random.normal(0, 5, (n_models, 6, 2)), 1)
    chosen = random.random((n_models, 6)) < 0.5
    np.testing.assert_allclose(mean_of_others(values, chosen), loop(values, chosen, np.mean), atol=1e-12)
    np.testing.assert_allclose(median_of_others(values, chosen), loop(values, chosen, np.median), atol=1e-12)
    squares = loop(values, chosen, lambda others: ((others - others.mean()) ** 2).sum())
    np.testing.assert_allclose(squares_of_others(values, chosen), np.nan_to_num(squares), atol=1e-9)
    counts = np.nan_to_num(loop(chosen[..., None] * 1.0, chosen, np.size))
    np.testing.assert_array_equal(count_of_others(chosen)[..., None], counts)


def test_a_small_sum_survives_beside_a_large_row():
    values = np.array([[1.0], [1e-18], [2e-18]])
    assert sum_of_others(values)[0, 0] == pytest.approx(3e-18, rel=1e-12)
    assert values.sum() - values[0, 0] == 0.0  # what subtraction would have returned


def slow_threshold(scores, members):
    best, chosen = 0.0, np.inf
    for threshold in np.unique(scores)[::-1]:
        gain = (scores[members] >= threshold).mean() - (scores[~members] >= threshold).mean()
        if gain > best + 1e-12:
            best, chosen = gain, threshold
    return chosen


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_transferred_thresholds_equal_a_search_on_the_other_models(seed, n_models):
    random = np.random.default_rng(seed)
    members = random.random((n_models, 25)) < 0.5
    members[:, :2] = [True, False]
    scores = random.integers(0, 8, members.shape) + 2.0 * members
    expected = [slow_threshold(np.delete(scores, k, 0).ravel(), np.delete(members, k, 0).ravel()) for k in range(n_models)]
    np.testing.assert_array_equal(transferred_thresholds(scores, members), expected)


def test_many_models_leave_their_own_fold_out():
    random = np.random.default_rng(0)
    members = random.random((40, 30)) < 0.5
    scores = random.normal(members * 1.0)
    others = np.arange(40) % 8 != 3
    assert transferred_thresholds(scores, members)[3] == slow_threshold(scores[others].ravel(), members[others].ravel())


def test_small_classes_fall_back_to_the_shared_threshold():
    random = np.random.default_rng(1)
    members, y = random.random((5, 100)) < 0.5, np.repeat([0, 1], [90, 10])
    scores = random.normal(members * 1.0) + 5.0 * (y == 1)
    shared, per_class = transferred_thresholds(scores, members), thresholds_per_class(scores, members, y)
    np.testing.assert_array_equal(per_class[:, y == 1], np.repeat(shared[:, None], 10, axis=1))
    assert (per_class[:, 0] != shared).any()
    forced = thresholds_per_class(scores, members, y, minimum_per_class=1)
    assert (forced[:, y == 1] > 3.0).all()


def test_one_model_cannot_lend_a_threshold_to_itself():
    with pytest.raises(ValueError, match="at least 2 models"):
        transferred_thresholds(np.zeros((1, 4)), np.array([[True, False, True, False]]))
