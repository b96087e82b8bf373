"""Sums of two digits: what a pair is, and that training and test pairs share no digit."""

import numpy as np

from core.data.digit_sums import N_TEST, N_TRAIN, pairs
from core.data.digits import load_digits
from core.data.sources import fingerprint, load


def test_the_data_set():
    data, again = load("digit-sums"), load("digit-sums")
    assert data.x_train.shape == (N_TRAIN, 28, 28, 1)
    assert data.x_test.shape == (N_TEST, 28, 28, 1)
    assert data.x_train.dtype == np.uint8
    assert (data.x_train == again.x_train).all()
    assert data.fingerprint == fingerprint("digit-sums") != fingerprint("digits")
    assert np.bincount(data.y_train, minlength=10).min() > 0.08 * N_TRAIN


def test_a_pair_is_two_narrow_digits_and_their_sum():
    x = np.stack([np.full((4, 4, 1), grey, np.uint8) for grey in (10, 20, 30)])
    x[2, :, 1] = 33  # two greys that become one: their mean, rounded up
    images, sums = pairs(x, np.array([3, 8, 5]), 50, np.random.Generator(np.random.PCG64(0)))
    known = {10: 3, 20: 8, 32: 5}
    assert images.shape == (50, 4, 4, 1)
    for image, total in zip(images, sums, strict=True):
        assert total == (known[int(image[0, 0, 0])] + known[int(image[0, 2, 0])]) % 10


def test_training_and_test_pairs_are_made_of_different_digits():
    digits, data = load_digits(), load("digit-sums")
    narrow = {((image[:, 0::2].astype(np.uint16) + image[:, 1::2] + 1) // 2).astype(np.uint8).tobytes() for image in digits.x_test}
    halves = [half.tobytes() for image in data.x_train[:500] for half in (image[:, :14].copy(), image[:, 14:].copy())]
    assert sum(half in narrow for half in halves) < 5  # the digits hold a few images twice
