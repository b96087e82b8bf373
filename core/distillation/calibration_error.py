"""How far a student's confidence is from its accuracy."""

import numpy as np

BINS = 15


def expected_calibration_error(probs: np.ndarray, y: np.ndarray) -> float:
    """Return the expected calibration error of the predicted class over 15 bins of equal width.

    Args:
        probs: Probabilities (N, C).
        y: Classes (N,).

    Source:
        Guo et al. 2017, "On Calibration of Modern Neural Networks", equation 5.

    Example:
        >>> round(expected_calibration_error(np.array([[0.9, 0.1], [0.9, 0.1]]), np.array([0, 1])), 3)
        0.4
    """
    confidence, is_right = probs.max(1), probs.argmax(1) == y
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    n = np.bincount(bins, minlength=BINS)
    gaps = np.bincount(bins, weights=is_right - confidence, minlength=BINS)
    return float(np.abs(gaps[n > 0]).sum() / len(y))
