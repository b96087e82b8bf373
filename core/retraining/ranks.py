"""How well an index orders costs: Spearman's correlation, the same with a rival held fixed, and Harrell's concordance for censored runs."""

import numpy as np

from core.measures.roc import mid_ranks


def spearman(index: np.ndarray, cost: np.ndarray) -> float:
    """Return the rank correlation; infinite costs (never reached) share the highest rank. NaN where either is constant.

    Example:
        >>> round(spearman(np.array([1.0, 2.0, 3.0]), np.array([0.0, 5.0, np.inf])), 6)
        1.0
    """
    return _correlation(_ranks(index), _ranks(cost))


def partial_spearman(index: np.ndarray, cost: np.ndarray, given: np.ndarray) -> float:
    """Return the rank correlation of index and cost with the ranks of ``given`` held fixed; NaN where that leaves nothing."""
    x, y, z = (_ranks(values) for values in (index, cost, given))
    xy, xz, yz = _correlation(x, y), _correlation(x, z), _correlation(y, z)
    left = (1 - xz**2) * (1 - yz**2)
    return float(np.clip((xy - xz * yz) / np.sqrt(left), -1.0, 1.0)) if left > 1e-12 else float("nan")


def concordance(index: np.ndarray, cost: np.ndarray) -> float:
    """Return Harrell's concordance: among pairs whose costs surely differ, the share that the index orders the same way.

    Two runs that never reached the target cannot be ordered and are skipped, as are equal costs; a tie of the index counts half.

    Example:
        >>> concordance(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 5.0, np.inf, np.inf]))
        1.0
    """
    first, second = np.triu_indices(len(cost), 1)
    with np.errstate(invalid="ignore"):
        apart = np.sign(cost[second] - cost[first])
    known = np.isfinite(apart) & (apart != 0)
    if not known.any():
        return float("nan")
    agreement = apart[known] * np.sign(index[second] - index[first])[known]
    return float((agreement > 0).mean() + 0.5 * (agreement == 0).mean())


def _ranks(values: np.ndarray) -> np.ndarray:
    return np.full(len(values), np.nan) if np.isnan(values).any() else mid_ranks(values)


def _correlation(x: np.ndarray, y: np.ndarray) -> float:
    x, y = x - x.mean(), y - y.mean()
    size = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / size) if size > 0 else float("nan")
