"""Exact and asymptotic intervals of proportions and of the area under a ROC curve."""

import numpy as np
from scipy.special import betaincinv, ndtri


def clopper_pearson(
    successes: np.ndarray | int, trials: np.ndarray | int, *, confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact lower and upper ends of a binomial proportion, elementwise.

    Each end alone fails with probability at most ``(1 - confidence) / 2``, whatever the true proportion. The trials must be
    independent; where they are not, the interval is too narrow.

    Args:
        successes: Counts in [0, trials].
        trials: Counts of at least 1.
        confidence: Two-sided coverage, in (0, 1).

    Raises:
        ValueError: If a count or the confidence is outside its range.

    Source:
        Clopper and Pearson 1934, "The use of confidence or fiducial limits illustrated in the case of the binomial".

    Example:
        >>> low, high = clopper_pearson(0, 10)
        >>> float(low), round(float(high), 4)
        (0.0, 0.3085)
    """
    k, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    if np.any(n < 1) or np.any(k < 0) or np.any(k > n):
        raise ValueError(f"successes must lie in [0, trials] and trials be at least 1, got {successes!r} of {trials!r}")
    tail = (1.0 - _checked_confidence(confidence)) / 2.0
    # betaincinv needs positive shape parameters; where one end is known to be 0 or 1 the placeholder is overwritten.
    low = np.where(k == 0, 0.0, betaincinv(np.maximum(k, 1.0), n - k + 1.0, tail))
    high = np.where(k == n, 1.0, betaincinv(k + 1.0, np.maximum(n - k, 1.0), 1.0 - tail))
    return low, high


def normal_quantile(confidence: float) -> float:
    """Return the two-sided standard normal quantile, for example 1.96 at a confidence of 0.95."""
    return float(ndtri(0.5 + _checked_confidence(confidence) / 2.0))


def _checked_confidence(confidence: float) -> float:
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must lie in (0, 1), got {confidence!r}")
    return confidence
