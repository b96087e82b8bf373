"""Rank correlations over groups, what is left of one beside a rival explanation, and what chance alone would give. Imports no torch."""

from collections.abc import Callable

import numpy as np

N_SHUFFLES = 200


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Return Spearman's rank correlation, NaN where either is constant or not measured."""
    ranks = [_centred_ranks(values) for values in (first, second)]
    if any(part is None for part in ranks):
        return float("nan")
    return float(np.clip(ranks[0] @ ranks[1], -1.0, 1.0))


def beyond(first: np.ndarray, second: np.ndarray, given: np.ndarray) -> float:
    """Return the partial rank correlation of ``first`` and ``second`` with ``given`` held fixed.

    It is 0 where ``given`` ranks exactly as one of them does, for then nothing is left to explain or to explain it with.

    Source:
        Kendall 1942, "Partial Rank Correlation", with Spearman's coefficient in place of tau.
    """
    both, one, other = (rank_correlation(*pair) for pair in ((first, second), (first, given), (second, given)))
    left = (1.0 - one * one) * (1.0 - other * other)
    if left <= 1e-12:
        return 0.0
    return float((both - one * other) / np.sqrt(left))


def shuffled(measure: Callable[[np.ndarray], float], values: np.ndarray, rng: np.random.Generator) -> float:
    """Return the mean of ``measure`` over 200 shuffles of ``values`` (G,): one shuffle of ten groups is noise itself."""
    return float(np.mean([measure(rng.permutation(values)) for _ in range(N_SHUFFLES)]))


def _centred_ranks(values: np.ndarray) -> np.ndarray | None:
    """Return mean ranks with mean 0 and length 1; None where all are equal or one is NaN."""
    values = np.asarray(values, dtype=np.float64)
    if np.isnan(values).any() or np.ptp(values) == 0:
        return None
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2.0)[place]
    ranks -= ranks.mean()
    return ranks / np.linalg.norm(ranks)
