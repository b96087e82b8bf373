"""k-means, begun at given centroids or by k-means++ (Lloyd 1982; Arthur and Vassilvitskii 2007)."""

import numpy as np

MOST_ROUNDS = 100


def centroids_of(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the mean of each class of ``y`` in ``x`` (N, D), in ascending order of classes, (C, D)."""
    return np.stack([x[y == label].mean(0) for label in np.unique(y)])


def spread_out(x: np.ndarray, k: int, generator: np.random.Generator) -> np.ndarray:
    """Return ``k`` of the samples (N, D) far from each other, drawn as k-means++ does."""
    chosen = [x[generator.integers(len(x))]]
    nearest = np.full(len(x), np.inf)
    for _ in range(k - 1):
        nearest = np.minimum(nearest, ((x - chosen[-1]) ** 2).sum(1))
        total = nearest.sum()
        chosen.append(x[generator.choice(len(x), p=nearest / total)] if total > 0 else chosen[0])
    return np.stack(chosen)


def clusters(x: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    """Return the cluster of each sample of ``x`` (N, D), int (N,), after Lloyd's rounds from ``centroids`` (k, D).

    A centroid that loses all its samples stays where it is.

    Example:
        >>> clusters(np.array([[0.0], [1.0], [9.0]]), np.array([[0.0], [5.0]])).tolist()
        [0, 0, 1]
    """
    x, centroids = x.astype(np.float64), centroids.astype(np.float64).copy()
    squares, before = (x**2).sum(1)[:, None], None
    for _ in range(MOST_ROUNDS):
        labels = (squares - 2.0 * x @ centroids.T + (centroids**2).sum(1)).argmin(1)
        if before is not None and np.array_equal(labels, before):
            break
        before = labels
        for label in np.unique(labels):
            centroids[label] = x[labels == label].mean(0)
    return labels
