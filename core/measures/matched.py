"""Reference statistics from equally many models, whichever side the target itself is on.

In a half-and-half design every sample is in about half of K models. All models but the target then hold a member of the target one
time less often than a non-member: the count, and through it every statistic, would betray the target's membership. Here every
target uses the same number of models of a side for every sample, as many as the poorest sample has. ``values`` are (K, N, ...)
arrays, ``chosen`` a boolean (K, N) mask of one side. (In a design where each sample enters each model by an independent coin the
counts tell nothing, and this waste is not needed.)
"""

import numpy as np

from core.measures.leave_one_out import count_of_others


def matched_rows(chosen: np.ndarray) -> np.ndarray:
    """Return the rows that each target uses per sample, (K, n, N): chosen ones other than the target itself.

    n is the smallest number any target finds for any sample. Where there are more, the first from row ``i mod K`` on are taken
    for sample i, in a circle, so that no model is favoured.
    """
    n_rows, n_samples = chosen.shape
    n_used = int(count_of_others(chosen).min())
    circle = (np.arange(n_rows)[:, None] + np.arange(n_samples)) % n_rows
    chosen_on_circle = np.take_along_axis(chosen, circle, axis=0)
    rows = np.empty((n_rows, n_used, n_samples), dtype=np.intp)
    for target in range(n_rows):
        is_missing = ~(chosen_on_circle & (circle != target))
        rows[target] = np.take_along_axis(circle, np.argsort(is_missing, axis=0, kind="stable")[:n_used], axis=0)
    return rows


def matched_values(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the values of one target's rows, (n, N, ...) from (K, N, ...) and (n, N)."""
    return values[rows, np.arange(values.shape[1])]


def matched_mean(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the mean over every target's rows, shaped like ``values``."""
    return np.stack([matched_values(values, of_target).mean(axis=0) for of_target in rows])


def matched_median(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the median over every target's rows, shaped like ``values``."""
    return np.stack([np.median(matched_values(values, of_target), axis=0) for of_target in rows])


def matched_variance(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the unbiased variance over every target's rows (at least two), shaped like ``values``."""
    return np.stack([matched_values(values, of_target).var(axis=0, ddof=1) for of_target in rows])
