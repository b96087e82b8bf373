"""What retraining costs, read from curves afterwards: targets can be chosen without training anything anew. Imports no torch."""

import numpy as np

TOLERANCE = 1e-9  # a share of images and a share less a margin are rounded differently
POINTS = (0, 64, 192, 256, 512, 1024, 1536, 2048, 3072, 4096, 6144, 8192, 12_288, 16_384, 24_576, 32_768, 49_152, 65_536)


def points_up_to(cap: int) -> tuple[int, ...]:
    """Return after how many images accuracy is read when training ends at ``cap`` images; dense where costs usually fall."""
    return (*(point for point in POINTS if point < cap), cap)


def images_to(points: np.ndarray, accuracy: np.ndarray, target: float) -> float:
    """Return how many images it takes until the best accuracy so far reaches ``target``, interpolated; infinite if it never does.

    Args:
        points: Numbers of images, ascending from 0, (P,).
        accuracy: Accuracy after each, (P,).
        target: Accuracy to be reached; a curve that begins there costs nothing.

    Example:
        >>> images_to(np.array([0, 100, 200]), np.array([0.5, 0.4, 0.7]), 0.6)
        150.0
    """
    best = np.maximum.accumulate(accuracy)
    reached = np.flatnonzero(best >= target - TOLERANCE)
    if not len(reached):
        return float("inf")
    place = int(reached[0])
    if place == 0:
        return 0.0
    share = (target - best[place - 1]) / (best[place] - best[place - 1])
    return float(points[place - 1] + share * (points[place] - points[place - 1]))


def whole_epochs(images: float, n_train: int) -> float:
    """Return the cost in whole epochs of ``n_train`` images, as papers count it."""
    return float(np.ceil(images / n_train))


def value_at(images: float, points: np.ndarray, values: np.ndarray) -> float:
    """Return what a running total (CPU seconds, change of weights) came to when training stopped; at the cap if it never did."""
    return float(np.interp(min(images, points[-1]), points, values))
