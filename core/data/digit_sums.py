"""Sums of two digits: two of the bundled handwritten digits side by side, and the last figure of their sum as the class.

Neither half tells anything about the class, so both must be read before they can be added: a task on which depth pays, unlike those of
single digits and clothes. Pairs of training images come from the training part, pairs of test images from the test part.
"""

import numpy as np

from core.data.dataset import ImageDataset
from core.data.digits import load_digits, read_digits_manifest
from core.lab.folders import digest_of
from core.lab.seeds import generator

N_TRAIN, N_TEST = 24_000, 5000
VERSION = 1  # raise whenever a pixel or a pair may change


def sums_fingerprint() -> str:
    """Return the hash of the data: of the digits, and of how pairs are made of them.

    Raises:
        InputError: If the digits are missing or damaged.
    """
    return digest_of(f"digit sums {VERSION} {N_TRAIN} {N_TEST} {read_digits_manifest()['fingerprint']}")


def load_digit_sums() -> ImageDataset:
    """Return the sums as a data set of the digits' shape.

    Raises:
        InputError: If the digits are missing or damaged.
    """
    digits = load_digits()
    x_train, y_train = pairs(digits.x_train, digits.y_train, N_TRAIN, generator(0, "digit sums", "train"))
    x_test, y_test = pairs(digits.x_test, digits.y_test, N_TEST, generator(0, "digit sums", "test"))
    return ImageDataset(source="digit-sums", title="Sums of two digits (bundled)", x_train=x_train, y_train=y_train, x_test=x_test,
                        y_test=y_test, class_names=digits.class_names, fingerprint=sums_fingerprint(), licence=digits.licence)


def pairs(x: np.ndarray, y: np.ndarray, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return ``n`` random pairs of digits side by side, each half as wide as before, uint8 of the shape of ``x``, and the last figure of
    their sums, int64 (n,).
    """
    left, right = rng.integers(0, len(x), (2, n))
    narrow = ((x[:, :, 0::2].astype(np.uint16) + x[:, :, 1::2] + 1) // 2).astype(np.uint8)
    return np.concatenate([narrow[left], narrow[right]], axis=2), (y[left] + y[right]).astype(np.int64) % 10
