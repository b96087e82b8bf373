"""The difference of two shares on the same samples, with its interval."""

import numpy as np

from core.measures.intervals import normal_quantile


def paired_interval(before: np.ndarray, after: np.ndarray, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return the interval of the share of ``before`` minus that of ``after`` on the same samples.

    It never has width zero, and stays near its level where hardly any sample changes.

    Args:
        before: bool (N,).
        after: bool (N,), the same samples in the same order.
        confidence: Two-sided coverage, in (0, 1).

    Raises:
        ValueError: If the arrays do not belong together or are empty.

    Source:
        Newcombe 1998, "Improved Confidence Intervals for the Difference Between Binomial Proportions Based on Paired Data", method 10.

    Example:
        >>> low, high = paired_interval(np.array([1] * 56 + [0] * 20, bool), np.array([1] * 56 + [0] * 20, bool))
        >>> low < 0 < high
        True
    """
    before, after = np.asarray(before, dtype=bool), np.asarray(after, dtype=bool)
    if before.shape != after.shape or before.ndim != 1 or not len(before):
        raise ValueError(f"a paired difference needs two equally long arrays, got shapes {before.shape} and {after.shape}")
    n, z = len(before), normal_quantile(confidence)
    both, lost, gained = ((before & after).sum(), (before & ~after).sum(), (~before & after).sum())
    neither = n - both - lost - gained
    first, second = (both + lost) / n, (both + gained) / n
    (low1, high1), (low2, high2) = _wilson(first, n, z), _wilson(second, n, z)
    spread = float(both + lost) * (gained + neither) * (both + gained) * (lost + neither)
    excess = float(both * neither) - float(lost * gained)
    if excess > n / 2:
        excess -= n / 2
    elif excess > 0:
        excess = 0.0
    phi = excess / np.sqrt(spread) if spread > 0 else 0.0
    difference = (lost - gained) / n
    down, up, down2, up2 = first - low1, high1 - first, second - low2, high2 - second
    low = difference - np.sqrt(max(0.0, down**2 - 2 * phi * down * up2 + up2**2))
    high = difference + np.sqrt(max(0.0, down2**2 - 2 * phi * down2 * up + up**2))
    return float(max(-1.0, low)), float(min(1.0, high))


def _wilson(share: float, n: int, z: float) -> tuple[float, float]:
    centre, half = share + z * z / (2 * n), z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
