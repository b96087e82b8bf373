"""A number with its uncertainty: no headline stands without one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEWEST_SEEDS = 3


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval.

    Attributes:
        value: Mean over the repeats, or the observed share; NaN when there is no valid repeat.
        low: Lower end of the interval; None under three repeats, where no interval is given.
        high: Upper end of the interval; None under three repeats.
        n: Number of repeats (seeds), or of trials.
    """

    value: float
    low: float | None
    high: float | None
    n: int


def over_seeds(values: Sequence[float], bounds: tuple[float, float] = (-math.inf, math.inf), *, resolution: float = 0.0) -> Estimate:
    """Return the mean over seeds with its two-sided 95 % Student interval.

    Repeats that are NaN (a quantity that one seed could not resolve) make the whole estimate NaN: a mean over the seeds that
    happened to succeed would be biased.

    Args:
        values: One number per seed.
        bounds: Smallest and largest value there can be; the interval is cut there.
        resolution: Smallest step within a seed, one over the number of items for a share. The interval then reaches at least as far as
            Clopper and Pearson's for none of so many items, over all seeds together: seeds that agree do not make it a point.

    Returns:
        Estimate whose interval is None under three seeds; ``n`` is the number of seeds.
    """
    sample = np.asarray(values, dtype=np.float64)
    n = int(sample.size)
    if n == 0 or np.isnan(sample).any():
        return Estimate(math.nan, None, None, n)
    mean = float(sample.mean())
    if n < FEWEST_SEEDS:
        return Estimate(mean, None, None, n)
    from scipy.special import stdtrit  # here, since it takes a quarter of the time in which a worker starts
    half = float(stdtrit(n - 1, 0.975) * sample.std(ddof=1) / math.sqrt(n))
    half = max(half, min(1.0, -math.log(0.025) * resolution / n))
    return Estimate(mean, max(mean - half, bounds[0]), min(mean + half, bounds[1]), n)


def ratio_over_seeds(values: Sequence[float], bounds: tuple[float, float] = (0.0, math.inf)) -> Estimate:
    """Return the geometric mean over seeds with its 95 % interval: ``over_seeds`` of the logarithms, turned back.

    Args:
        values: One positive ratio per seed; one that is not positive has no logarithm and counts as unresolved.
        bounds: Smallest and largest value there can be; the interval is cut there.

    Returns:
        Estimate in the units of ``values``.
    """
    logs = over_seeds([math.log(value) if value > 0 else math.nan for value in values])
    if logs.low is None or logs.high is None:
        return Estimate(math.exp(logs.value), None, None, logs.n)
    low, high = (math.exp(min(edge, 700.0)) for edge in (logs.low, logs.high))  # beyond lies no float
    return Estimate(math.exp(logs.value), max(low, bounds[0]), min(high, bounds[1]), logs.n)
