"""The bundled optical digits: 1,797 real digits of 8 x 8 greys, and how they are enlarged to stand beside MNIST's.

Source: Alpaydin and Kaynak 1998, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, doi 10.24432/C50P49: the
    test part, thirteen writers, as scikit-learn ships it.
"""

from pathlib import Path

import numpy as np

from core.data.bundled import checked_arrays, checked_manifest

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "optical_digits"
ARRAYS = ("images", "y")
WHITE = 16  # the largest grey: dots counted in blocks of 4 x 4
INK = 20 / 28  # of a side that a digit of MNIST takes, centred
_TITLE = "optical digits"


def read_optical_manifest(folder: Path = FOLDER) -> dict:
    """Return the manifest of the bundled file.

    Raises:
        InputError: If it is missing or damaged.
    """
    return checked_manifest(folder, ARRAYS, _TITLE)


def load_optical_digits(side: int, folder: Path = FOLDER) -> tuple[np.ndarray, np.ndarray]:
    """Return images uint8 (1797, side, side, 1), enlarged, and their digits int64 (1797,).

    Raises:
        InputError: If the file is missing or differs from its checksums.
    """
    arrays = checked_arrays(folder, read_optical_manifest(folder), ARRAYS, _TITLE)
    return enlarged(arrays["images"], side), arrays["y"].astype(np.int64)


def enlarged(images: np.ndarray, side: int) -> np.ndarray:
    """Return greys of 0 to 16 (N, 8, 8) as uint8 (N, side, side, 1): linear in between, with the margin that MNIST's digits have."""
    ink = round(INK * side)
    weights = _linear(images.shape[1], ink)
    grown = np.einsum("ab,nbc,dc->nad", weights, images.astype(np.float64), weights) * 255.0 / WHITE
    placed = np.zeros((len(images), side, side, 1), dtype=np.uint8)
    start = (side - ink) // 2
    placed[:, start:start + ink, start:start + ink, 0] = np.rint(np.clip(grown, 0.0, 255.0))
    return placed


def _linear(before: int, after: int) -> np.ndarray:
    """Return the matrix (after, before) that interpolates between the centres of pixels."""
    centres = np.clip((np.arange(after) + 0.5) * before / after - 0.5, 0.0, before - 1.0)
    low = np.minimum(centres.astype(int), before - 2)
    weights = np.zeros((after, before))
    weights[np.arange(after), low] = 1.0 - (centres - low)
    weights[np.arange(after), low + 1] = centres - low
    return weights
