"""The adjusted Rand index: how far two divisions of the same samples agree beyond chance (Hubert and Arabie 1985)."""

import numpy as np


def adjusted_rand(first: np.ndarray, second: np.ndarray) -> float:
    """Return the adjusted Rand index of two labellings (N,): 1 for the same division, about 0 for unrelated ones.

    Example:
        >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
        1.0
    """
    _, first = np.unique(first, return_inverse=True)
    _, second = np.unique(second, return_inverse=True)
    table = np.zeros((first.max() + 1, second.max() + 1))
    np.add.at(table, (first, second), 1)
    together = _pairs(table).sum()
    rows, columns, everything = _pairs(table.sum(1)).sum(), _pairs(table.sum(0)).sum(), _pairs(np.array(float(len(first))))
    expected, most = rows * columns / everything, (rows + columns) / 2
    return 1.0 if most == expected else float((together - expected) / (most - expected))


def _pairs(counts: np.ndarray) -> np.ndarray:
    return counts * (counts - 1) / 2
