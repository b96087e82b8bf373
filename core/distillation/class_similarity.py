"""From codes of images to soft labels: how alike classes look, and what is made of it.

Source: Gyawali et al. 2024 (ReffAKD), released code: cosines over 40 images a class, a small bonus on the diagonal, a softmax of each
row at temperature 1. The twins are controls of this house.
"""

import numpy as np


def class_cosines(codes: np.ndarray, labels: np.ndarray, n_classes: int, per_class: int, draws: np.random.Generator) -> np.ndarray:
    """Return the mean cosine (C, C) between images of two classes; within a class over distinct pairs.

    Args:
        codes: One row per image, (N, D).
        labels: Classes (N,), each occurring at least twice.
        n_classes: Number of classes.
        per_class: Images drawn from each class, fewer where it has fewer.
        draws: Chooses them.

    Example:
        >>> codes = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
        >>> class_cosines(codes, np.array([0, 0, 1, 1]), 2, 2, np.random.Generator(np.random.PCG64(0))).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    lengths = np.linalg.norm(codes, axis=1, keepdims=True)
    units = codes / np.maximum(lengths, 1e-12)
    chosen = [draws.permutation(np.flatnonzero(labels == label))[:per_class] for label in range(n_classes)]
    sums = np.stack([units[rows].sum(0) for rows in chosen])
    counts = np.array([len(rows) for rows in chosen], dtype=np.float64)
    cosines = sums @ sums.T / np.outer(counts, counts)
    squares = np.array([float((units[rows] ** 2).sum()) for rows in chosen])
    within = (np.diag(sums @ sums.T) - squares) / (counts * (counts - 1))
    cosines[np.diag_indices(n_classes)] = within
    return cosines


def soft_label_table(cosines: np.ndarray, bonus: float, temperature: float = 1.0) -> np.ndarray:
    """Return the soft label of every class, (C, C): the softmax of each row with ``bonus`` on the diagonal.

    A temperature under 1 sharpens; the released recipe has 1, at which labels are almost uniform.
    """
    scores = (cosines + bonus * np.eye(len(cosines))) / temperature
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def uniform_twin(table: np.ndarray) -> np.ndarray:
    """Return label smoothing of equal strength: the mean probability of the own class, the rest spread evenly."""
    n = len(table)
    own = float(np.diag(table).mean())
    twin = np.full((n, n), (1.0 - own) / (n - 1))
    np.fill_diagonal(twin, own)
    return twin


def permuted_twin(table: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    """Return the table with the other classes of each row shuffled: every row's entropy kept, the wrong classes alike."""
    n = len(table)
    twin = table.copy()
    for row in range(n):
        others = np.delete(np.arange(n), row)
        twin[row, others] = table[row, draws.permutation(others)]
    return twin


def centred(table: np.ndarray) -> np.ndarray:
    """Return the table without the mean of each column's off-diagonal entries, the diagonal left out (NaN): what tells classes apart."""
    shown = table.astype(np.float64).copy()
    np.fill_diagonal(shown, np.nan)
    return shown - np.nanmean(shown)


def entropy(table: np.ndarray) -> float:
    """Return the mean entropy of the rows in nats."""
    return float(-(table * np.log(np.maximum(table, 1e-300))).sum(1).mean())


def agreement(cosines: np.ndarray, confusion: np.ndarray) -> float:
    """Return the rank correlation between similarity and a teacher's mixing of classes, over all pairs of different classes."""
    from scipy.stats import spearmanr  # here: a quarter of a second to import

    apart = ~np.eye(len(cosines), dtype=bool)
    return float(spearmanr(cosines[apart], confusion[apart]).statistic)
