"""k nearest neighbours, each sample classified by the others: needs no training at all."""

import numpy as np

NEIGHBOURS = 5


def knn_accuracy(features: np.ndarray, y: np.ndarray, *, k: int = NEIGHBOURS) -> float:
    """Return the share of samples (N, D) whose class most of their ``k`` nearest other samples have; ties go to the smaller class.

    Example:
        >>> knn_accuracy(np.array([[0.0], [0.1], [9.0], [9.1]]), np.array([0, 0, 1, 1]), k=1)
        1.0
    """
    x = features.astype(np.float64).reshape(len(features), -1)
    squares = (x**2).sum(1)
    apart = squares[:, None] + squares - 2.0 * x @ x.T
    np.fill_diagonal(apart, np.inf)
    near = np.argpartition(apart, min(k, len(x) - 1) - 1, axis=1)[:, :k]
    votes = np.eye(int(y.max()) + 1)[y[near]].sum(1)
    return float((votes.argmax(1) == y).mean())
