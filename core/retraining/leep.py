"""LEEP: log expected empirical prediction of new labels through the old classifier's answers (Nguyen et al. 2020)."""

import numpy as np


def leep(probabilities: np.ndarray, y: np.ndarray) -> float:
    """Return LEEP of old probabilities (N, Z) for new classes (N,): at most 0, higher means easier to transfer.

    Example:
        >>> leep(np.eye(2), np.array([0, 1]))
        0.0
    """
    joint = np.eye(int(y.max()) + 1)[y].T @ probabilities / len(y)
    given = joint / np.maximum(joint.sum(0), 1e-300)
    return float(np.log(np.maximum((probabilities @ given.T)[np.arange(len(y)), y], 1e-300)).mean())
