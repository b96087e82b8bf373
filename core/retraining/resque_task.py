"""RESQUE for a new task: how badly the old features, clustered, divide the new classes.

Source: arXiv 2412.15511, released code. It computes four numbers and does not say which is the index: flattened map or spatial mean,
    k-means begun at the new classes' own means or by k-means++.
"""

import numpy as np

from core.lab.errors import InputError
from core.lab.seeds import generator
from core.retraining.adjusted_rand import adjusted_rand
from core.retraining.k_means import centroids_of, clusters, spread_out
from core.retraining.resque import check_outputs


def task_index(features: np.ndarray, y: np.ndarray, *, begin: str = "centroids") -> float:
    """Return RESQUE of a task: one minus the adjusted Rand index between clusters of the old features and the new classes.

    Args:
        features: Old features of new samples, (N, D).
        y: Their classes; at least two.
        begin: ``centroids`` begins k-means at the classes' means, ``plusplus`` at spread-out samples.

    Raises:
        InputError: If features are not finite or there is one class only.

    Example:
        >>> task_index(np.array([[0.0], [0.1], [9.0], [9.1]]), np.array([0, 0, 1, 1]))
        0.0
    """
    check_outputs("new", features)
    n_classes = len(np.unique(y))
    if n_classes < 2:
        raise InputError(f"an index of a task needs at least 2 classes, got {n_classes}: add samples of another class.")
    features = features.astype(np.float64)
    start = centroids_of(features, y) if begin == "centroids" else spread_out(features, n_classes, generator(0, "k-means++"))
    return 1.0 - adjusted_rand(clusters(features, start), y)
