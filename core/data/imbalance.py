"""A long tail of classes on purpose, and its balanced copy.

Class sizes fall geometrically with a class's rank, n_k proportional to r^(-k / (K - 1)) for k = 0 .. K - 1: the largest class has
r times as many images as the smallest (Cui et al. 2019, "Class-Balanced Loss Based on Effective Number of Samples", section 5.1,
with the total held fixed). Which class has which rank is drawn per seed, so that over seeds a class's size says nothing about how
hard it is. The balanced copy takes its images from the same shuffled classes and keeps the same ranks as placebo.
"""

from dataclasses import dataclass

import numpy as np

from core.lab.errors import InputError


@dataclass(frozen=True, eq=False)
class LongTail:
    """Which rows of a data set form the long-tailed set.

    Attributes:
        rows: Rows of the source, ascending int64 (N,).
        rank: Rank of each class by size, int64 (K,); 0 is the largest. In the balanced copy the same ranks, without a meaning.
        counts: How many rows of each class there are, int64 (K,).
        imbalance: Largest class over smallest, as asked for.
    """

    rows: np.ndarray
    rank: np.ndarray
    counts: np.ndarray
    imbalance: float


def tail_counts(n_total: int, n_classes: int, imbalance: float) -> np.ndarray:
    """Return the class sizes by rank, int64 (n_classes,), falling, with the sum ``n_total``.

    Args:
        n_total: Images in all.
        n_classes: At least 2.
        imbalance: r, largest class over smallest; 1 makes all alike. Rounding to whole images moves the ratio a little.

    Raises:
        InputError: If the imbalance is below 1 or leaves a class without an image.

    Example:
        >>> tail_counts(70, 3, 4.0).tolist()
        [40, 20, 10]
    """
    if not imbalance >= 1.0 or not np.isfinite(imbalance):
        raise InputError(f"The imbalance must be at least 1 (largest class over smallest), got {imbalance:g}.")
    shares = imbalance ** (-np.arange(n_classes) / (n_classes - 1))
    exact = n_total * shares / shares.sum()
    counts = np.floor(exact).astype(np.int64)
    # the images that rounding down left over go to the largest remainders, ties to the larger class
    counts[np.argsort(-(exact - counts), kind="stable")[: n_total - counts.sum()]] += 1
    if counts.min() < 1:
        raise InputError(
            f"Every class must keep at least 1 image, but an imbalance of {imbalance:g} over {n_total} images leaves the smallest "
            "with none: lower the imbalance or take more images."
        )
    return counts


def draw_ranks(n_classes: int, rng: np.random.Generator) -> np.ndarray:
    """Return a random rank for every class, int64 (n_classes,), 0 for the largest."""
    return rng.permutation(n_classes).astype(np.int64)


def long_tail(y: np.ndarray, n_total: int, imbalance: float, rank: np.ndarray, rng: np.random.Generator) -> LongTail:
    """Return the rows of a long-tailed part of a data set.

    Two calls with equal generators and other imbalances take their images of a class from the same order: the smaller selection
    of a class is contained in the larger.

    Args:
        y: Classes of the source, int (M,), 0 to K - 1.
        n_total: Images to take.
        imbalance: r, see ``tail_counts``; 1 gives the balanced copy.
        rank: Rank of each class, (K,), as ``draw_ranks`` returns.
        rng: Draws which images of a class are taken.

    Raises:
        InputError: If a class would be empty, or the source holds too few images of one.
    """
    available = np.bincount(y, minlength=len(rank))
    counts = tail_counts(n_total, len(rank), imbalance)[rank]
    short = np.flatnonzero(counts > available)
    if len(short):
        worst = short[np.argmax(counts[short] - available[short])]
        raise InputError(
            f"The data set must hold as many images as the long tail takes, but class {worst} has {available[worst]} of the "
            f"{counts[worst]} that {n_total} images at an imbalance of {imbalance:g} ask for: take fewer images or lower the "
            "imbalance."
        )
    shuffled = [rng.permutation(np.flatnonzero(y == label)) for label in range(len(rank))]
    rows = np.concatenate([of_class[:count] for of_class, count in zip(shuffled, counts, strict=True)])
    return LongTail(np.sort(rows), np.asarray(rank, dtype=np.int64), counts, float(imbalance))
