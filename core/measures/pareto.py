"""Which points no other point beats on both of two counts."""

import numpy as np


def on_front(larger_is_better: np.ndarray, smaller_is_better: np.ndarray) -> np.ndarray:
    """Return whether each of n points is on the Pareto front, (n,) bool: no other is at least as good on both and better on one.

    Points with a NaN are never on it.

    Example:
        >>> on_front(np.array([0.9, 0.8, 0.7]), np.array([0.6, 0.7, 0.5])).tolist()
        [True, False, True]
    """
    gain, cost = np.asarray(larger_is_better, dtype=np.float64), np.asarray(smaller_is_better, dtype=np.float64)
    as_good = (gain[None] >= gain[:, None]) & (cost[None] <= cost[:, None])
    better = (gain[None] > gain[:, None]) | (cost[None] < cost[:, None])
    return ~(as_good & better).any(axis=1) & ~np.isnan(gain) & ~np.isnan(cost)
