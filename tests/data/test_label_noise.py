"""Wrong labels are wrong, as many as asked for, and nowhere else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.label_noise import flip_labels
from core.lab.errors import InputError

Y = np.arange(300) % 5


@given(share=st.floats(0.0, 0.99), seed=st.integers(0, 9))
def test_exactly_the_share_is_flipped_and_every_flip_is_wrong(share, seed):
    labels, flipped = flip_labels(Y, share, 5, np.random.default_rng(seed))
    assert flipped.sum() == round(share * len(Y))
    assert ((labels != Y) == flipped).all()
    assert labels.min() >= 0
    assert labels.max() < 5


def test_wrong_labels_are_spread_over_the_other_classes():
    labels, _ = flip_labels(np.zeros(4000, int), 0.9, 5, np.random.default_rng(0))
    counts = np.bincount(labels, minlength=5)[1:]
    assert counts.min() > 800, "3,600 flips over four classes are 900 each"


def test_one_class_alone():
    labels, flipped = flip_labels(Y, 0.5, 5, np.random.default_rng(0), only_class=3)
    assert flipped.sum() == 30
    assert (Y[flipped] == 3).all()
    assert (labels[Y != 3] == Y[Y != 3]).all()


@pytest.mark.parametrize("share", (-0.1, 1.0, float("nan")))
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(InputError, match=r"at least 0 and below 1, got"):
        flip_labels(Y, share, 5, np.random.default_rng(0))


def test_a_class_that_does_not_occur_is_refused():
    with pytest.raises(InputError, match="class 7, got none"):
        flip_labels(Y, 0.5, 5, np.random.default_rng(0), only_class=7)
