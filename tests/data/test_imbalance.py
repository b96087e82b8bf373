"""A long tail has the shape that was asked for, and its balanced copy the same classes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.imbalance import draw_ranks, long_tail, tail_counts
from core.lab.errors import InputError

Y = np.arange(2000) % 5


def test_counts_by_hand():
    # r = 4 over 3 classes: shares 1, 1/2, 1/4, so 4/7, 2/7 and 1/7 of 70
    assert tail_counts(70, 3, 4.0).tolist() == [40, 20, 10]
    # 71: exact 40.57, 20.29, 10.14; the image left over goes to the largest remainder
    assert tail_counts(71, 3, 4.0).tolist() == [41, 20, 10]


def test_the_measured_setting():
    counts = tail_counts(6000, 10, 20.0)
    assert (counts[0], counts[-1]) == (1762, 88)


@given(n_total=st.integers(200, 5000), n_classes=st.integers(2, 12), imbalance=st.floats(1.0, 30.0))
def test_counts_fall_add_up_and_keep_the_ratio(n_total, n_classes, imbalance):
    try:
        counts = tail_counts(n_total, n_classes, imbalance)
    except InputError:  # the smallest class would be empty: exactly then is its exact size below one
        shares = imbalance ** (-np.arange(n_classes) / (n_classes - 1))
        assert n_total * shares[-1] / shares.sum() < 1
        return
    assert counts.sum() == n_total
    assert (np.diff(counts) <= 0).all()
    assert abs(counts[0] - imbalance * counts[-1]) <= imbalance + 1, "each count is within one of its exact size"


@given(seed=st.integers(0, 20), imbalance=st.floats(1.0, 20.0))
def test_rows_have_the_counts_and_follow_the_ranks(seed, imbalance):
    rank = draw_ranks(5, np.random.default_rng(seed))
    tail = long_tail(Y, 500, imbalance, rank, np.random.default_rng(seed))
    assert len(np.unique(tail.rows)) == 500
    np.testing.assert_array_equal(np.bincount(Y[tail.rows], minlength=5), tail.counts)
    np.testing.assert_array_equal(tail.counts[np.argsort(rank)], tail_counts(500, 5, imbalance))


def test_the_balanced_copy_keeps_ranks_and_shares_its_images():
    rank = draw_ranks(5, np.random.default_rng(1))
    tail, balanced = (long_tail(Y, 500, ratio, rank, np.random.default_rng(2)) for ratio in (10.0, 1.0))
    assert balanced.counts.tolist() == [100] * 5
    np.testing.assert_array_equal(tail.rank, balanced.rank)
    for label in range(5):
        small, large = sorted((set(part.rows[Y[part.rows] == label]) for part in (tail, balanced)), key=len)
        assert small <= large


def test_ranks_differ_between_seeds_and_repeat_within_one():
    ranks = [draw_ranks(10, np.random.default_rng(seed)).tolist() for seed in (0, 0, 1)]
    assert ranks[0] == ranks[1] != ranks[2]


@pytest.mark.parametrize("imbalance, message", [
    (0.5, r"must be at least 1 \(largest class over smallest\), got 0\.5"), (float("nan"), "got nan"), (float("inf"), "got inf"),
    (1e6, "leaves the smallest with none: lower the imbalance"),
])
def test_an_imbalance_out_of_range_is_refused(imbalance, message):
    with pytest.raises(InputError, match=message):
        tail_counts(500, 5, imbalance)


def test_too_few_images_of_a_class_are_refused():
    with pytest.raises(InputError, match=r"class 0 has 400 of the \d+ that 1500 images at an imbalance of 20 ask for"):
        long_tail(Y, 1500, 20.0, np.arange(5), np.random.default_rng(0))
