"""Statistics over "all rows but this one", for every row at once.

``values`` are (K, N, ...) arrays and ``chosen`` a boolean (K, N) mask; row k of a result uses the chosen rows other than k.
The cost is that of one pass (or one sort) over the array, not of K passes.
"""

import numpy as np


def expand(mask: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return a (K, N) mask with trailing axes of length 1 so that it broadcasts against ``values``."""
    return mask.reshape(mask.shape + (1,) * (values.ndim - mask.ndim))


def sum_of_others(values: np.ndarray) -> np.ndarray:
    """Return, for every row k, the sum of all other rows, same shape.

    Sums from the left and from the right are added instead of subtracting a row from the total: the subtraction would leave
    rounding noise of the size of the largest row, which swamps small probabilities.
    """
    result = np.zeros_like(values)
    np.cumsum(values[:-1], axis=0, out=result[1:])
    result[:-1] += np.cumsum(values[:0:-1], axis=0)[::-1]
    return result


def count_of_others(chosen: np.ndarray) -> np.ndarray:
    """Return how many chosen rows other than k there are per column, (K, N), float64."""
    return chosen.sum(axis=0, dtype=np.float64)[None] - chosen


def mean_of_others(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the mean over chosen rows other than k, same shape; NaN where there are none."""
    count = expand(count_of_others(chosen), values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return sum_of_others(np.where(expand(chosen, values), values, 0.0)) / count


def squares_of_others(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the sum of squared deviations of the chosen rows other than k from their own mean, same shape; 0 where none."""
    mask = expand(chosen, values)
    # Centring by the plain column mean first keeps the difference of squares well conditioned.
    centred = np.where(mask, values - values.mean(axis=0), 0.0)
    count = np.maximum(expand(count_of_others(chosen), values), 1.0)
    return np.maximum(sum_of_others(centred**2) - sum_of_others(centred) ** 2 / count, 0.0)


def median_of_others(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the median over chosen rows other than k, same shape; NaN where there are none.

    Each column is sorted once; taking row k out shifts the later positions by one.
    """
    mask = np.broadcast_to(expand(chosen, values), values.shape)
    shelved = np.where(mask, values, np.inf)
    order = np.argsort(shelved, axis=0, kind="stable")
    ranked = np.take_along_axis(shelved, order, axis=0)
    own = np.empty_like(order)
    np.put_along_axis(own, order, np.arange(len(values)).reshape((-1,) + (1,) * (values.ndim - 1)), axis=0)
    count = np.broadcast_to(expand(count_of_others(chosen), values), values.shape).astype(np.intp)

    def remaining(position: np.ndarray) -> np.ndarray:
        shifted = position + (mask & (position >= own))
        return np.take_along_axis(ranked, np.clip(shifted, 0, len(values) - 1), axis=0)

    lower, upper = remaining((count - 1) // 2), remaining(count // 2)
    with np.errstate(invalid="ignore"):
        return np.where(count > 0, (lower + upper) / 2.0, np.nan)
