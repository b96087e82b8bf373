"""What becomes of wrongly labelled samples, and the accuracies beside it: arithmetic on predicted classes.

Source: Singhal and Kim 2025, arXiv 2511.10566: learning, memorisation, recovery and random scores.
"""

from dataclasses import dataclass

import numpy as np

LEVELS = (0.90, 0.95, 0.99)


@dataclass(frozen=True)
class Shares:
    """Shares of the wrongly labelled samples, in [0, 1]; they sum to 1.

    Attributes:
        memorised: Predicted as the wrong label given.
        recovered: Predicted as the true class.
        random: Predicted as a third class.
    """

    memorised: float
    recovered: float
    random: float


def shares(y_pred: np.ndarray, y_true: np.ndarray, y_given: np.ndarray) -> Shares:
    """Return the shares among samples whose label given is wrong; other samples are left out.

    Raises:
        ValueError: If no label given is wrong.

    Example:
        >>> shares(np.array([1, 0, 2, 1]), np.array([0, 0, 0, 1]), np.array([1, 1, 1, 1]))
        Shares(memorised=0.3333333333333333, recovered=0.3333333333333333, random=0.3333333333333333)
    """
    noisy = y_true != y_given
    if not noisy.any():
        raise ValueError("shares need at least one wrong label")
    memorised = float((y_pred[noisy] == y_given[noisy]).mean())
    recovered = float((y_pred[noisy] == y_true[noisy]).mean())
    random = float(((y_pred != y_given) & (y_pred != y_true))[noisy].mean())
    assert abs(memorised + recovered + random - 1.0) < 1e-9
    return Shares(memorised, recovered, random)


def first_reached(values: np.ndarray, level: float) -> float:
    """Return the place, counted from 0 and interpolated linearly, where ``values`` first reaches ``level``; NaN where it never does.

    Example:
        >>> first_reached(np.array([0.2, 0.4, 0.8]), 0.6)
        1.5
    """
    above = np.flatnonzero(np.asarray(values) >= level)
    if not len(above):
        return float("nan")
    place = int(above[0])
    if place == 0:
        return 0.0
    before, after = float(values[place - 1]), float(values[place])
    return place - 1 + (level - before) / (after - before)


def at_place(values: np.ndarray, place: float) -> float:
    """Return ``values`` at a place from ``first_reached``, interpolated linearly; NaN at NaN."""
    if np.isnan(place):
        return float("nan")
    return float(np.interp(place, np.arange(len(values)), values))
