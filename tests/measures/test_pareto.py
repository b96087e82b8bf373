"""The Pareto front against its definition, point by point."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.measures.pareto import on_front

NUMBERS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12)


def test_by_hand():
    # the first beats the second on both counts; equal points do not beat each other
    assert on_front(np.array([0.9, 0.8, 0.7, 0.7]), np.array([0.6, 0.7, 0.5, 0.5])).tolist() == [True, False, True, True]


@given(NUMBERS)
def test_against_a_loop(points):
    expected = [not any((g >= gain and c <= cost and (g > gain or c < cost)) for g, c in points) for gain, cost in points]
    gains, costs = np.array(points, dtype=float).T
    assert on_front(gains, costs).tolist() == expected


def test_nan_is_never_on_it():
    assert on_front(np.array([np.nan, 0.1]), np.array([0.0, 0.9])).tolist() == [False, True]
