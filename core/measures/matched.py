"""Reference statistics whose sample size does not depend on which side the target itself is on.

In a half-and-half design every sample is in c of K models. Leaving only the target out would leave c - 1 models with the sample
when the target is one of them and c when it is not: the count, and through it every statistic, would betray the target's
membership. Here each target leaves out exactly one model per side: itself on its own side, and on the other side a model that
is fixed for the sample. ``values`` are (K, N, ...) arrays, ``chosen`` a boolean (K, N) mask of one side.
"""

import numpy as np

from core.measures.leave_one_out import expand


def left_out_row(chosen: np.ndarray) -> np.ndarray:
    """Return for every target and sample the chosen row to leave out, (K, N): the target's own, else the sample's stand-in.

    The stand-in is the first chosen row after row ``i mod K`` for sample i, so that no model is favoured. For a sample without
    chosen rows the result is meaningless; its count is -1.
    """
    n_rows, n_samples = chosen.shape
    starts = np.arange(n_samples) % n_rows
    rolled = chosen[(np.arange(n_rows)[:, None] + starts) % n_rows, np.arange(n_samples)]
    stand_in = (rolled.argmax(axis=0) + starts) % n_rows
    return np.where(chosen, np.arange(n_rows)[:, None], stand_in)


def matched_count(chosen: np.ndarray) -> np.ndarray:
    """Return how many chosen rows every target uses per sample, (N,) float64: one fewer than there are."""
    return chosen.sum(axis=0, dtype=np.float64) - 1.0


def matched_mean(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the mean over the chosen rows but the left-out one, same shape; NaN where none is left."""
    total, excluded, count = _parts(values, chosen)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, (total - excluded) / count, np.nan) + values.mean(axis=0)


def matched_squares(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the squared deviations of those rows from their own mean, summed, same shape; 0 where fewer than two are left."""
    total, excluded, count = _parts(values, chosen)
    centred = values - values.mean(axis=0)
    squares = np.where(expand(chosen, values), centred**2, 0.0).sum(axis=0) - _at(centred, left_out_row(chosen)) ** 2
    return np.where(count > 1, np.maximum(squares - (total - excluded) ** 2 / np.maximum(count, 1.0), 0.0), 0.0)


def matched_median(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the median over those rows, same shape; NaN where none is left."""
    mask = np.broadcast_to(expand(chosen, values), values.shape)
    shelved = np.where(mask, values, np.inf)
    order = np.argsort(shelved, axis=0, kind="stable")
    ranked = np.take_along_axis(shelved, order, axis=0)
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(len(values)).reshape((-1,) + (1,) * (values.ndim - 1)), axis=0)
    gone = _at(rank, left_out_row(chosen))
    count = np.broadcast_to(expand(matched_count(chosen)[None], values), values.shape).astype(np.intp)

    def remaining(position: np.ndarray) -> np.ndarray:
        return np.take_along_axis(ranked, np.clip(position + (position >= gone), 0, len(values) - 1), axis=0)

    with np.errstate(invalid="ignore"):
        return np.where(count > 0, (remaining((count - 1) // 2) + remaining(count // 2)) / 2.0, np.nan)


def _parts(values: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the sum of the chosen rows, the row each target leaves out (both centred per column) and the count."""
    centred = values - values.mean(axis=0)
    total = np.where(expand(chosen, values), centred, 0.0).sum(axis=0)
    return total, _at(centred, left_out_row(chosen)), expand(matched_count(chosen)[None], values)


def _at(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return np.take_along_axis(values, np.broadcast_to(expand(rows, values), values.shape), axis=0)
