"""What becomes of wrongly labelled samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.layernorm.shares import at_place, first_reached, shares


def test_by_hand():
    y_true, y_given = np.array([0, 0, 0, 0, 1]), np.array([1, 1, 2, 2, 1])  # the last label is right
    found = shares(np.array([1, 0, 2, 1, 0]), y_true, y_given)
    assert (found.memorised, found.recovered, found.random) == (0.5, 0.25, 0.25)


@given(st.integers(2, 6), st.integers(1, 60), st.integers(0, 2**31 - 1))
def test_they_sum_to_one_and_ignore_right_labels(n_classes, n, seed):
    rng = np.random.default_rng(seed)
    y_true, y_given, y_pred = rng.integers(0, n_classes, (3, n))
    if (y_true == y_given).all():
        with pytest.raises(ValueError, match="at least one wrong label"):
            shares(y_pred, y_true, y_given)
        return
    found = shares(y_pred, y_true, y_given)
    assert found.memorised + found.recovered + found.random == pytest.approx(1.0, abs=1e-12)
    wrong = y_true != y_given
    assert found == shares(y_pred[wrong], y_true[wrong], y_given[wrong])
    assert shares(y_given, y_true, y_given).memorised == 1.0
    assert shares(y_true, y_true, y_given).recovered == 1.0


def test_first_reached_by_hand():
    values = np.array([0.5, 0.7, 0.6, 0.9])
    assert first_reached(values, 0.5) == 0.0
    assert first_reached(values, 0.6) == pytest.approx(0.5)
    assert first_reached(values, 0.75) == pytest.approx(2.5)
    assert np.isnan(first_reached(values, 0.95))


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12), st.floats(0, 1))
def test_what_is_first_reached_is_reached_there(values, level):
    values = np.array(values)
    place = first_reached(values, level)
    if np.isnan(place):
        assert values.max() < level
        assert np.isnan(at_place(values, place))
    else:
        assert at_place(values, place) >= level - 1e-9
        assert (values[: int(np.ceil(place))] < level).all()
