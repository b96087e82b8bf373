"""Paired differences, seed by seed: their interval, their one-sided probabilities, and how many seeds would settle a case."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.lab.estimate import Estimate

MOST_SEEDS = 200
SHARE = 0.975


@dataclass(frozen=True)
class Contrast:
    """One difference of effect and control per seed.

    Attributes:
        differences: One number per seed.
        resolution: Smallest step that the number can make within a seed: one over the number of items for a share. Where the seeds
            agree more closely than that, the interval is as wide as if the next item had been about to fall: what Clopper and
            Pearson give for none of so many items, over all seeds together. It is never of width zero.
    """

    differences: tuple[float, ...]
    resolution: float = 0.0

    @property
    def n(self) -> int:
        """Number of seeds."""
        return len(self.differences)

    @cached_property
    def mean(self) -> float:
        """Mean over seeds; NaN where one of them could not be resolved."""
        return float(np.mean(self.differences)) if self.n else math.nan

    @cached_property
    def spread(self) -> float:
        """Standard deviation over seeds."""
        return float(np.std(self.differences, ddof=1)) if self.n > 1 else math.nan

    @cached_property
    def error(self) -> float:
        """Standard error of the mean, never below what the resolution leaves unknown; zero only where nothing tells it."""
        floor = min(1.0, -math.log(1 - SHARE) * self.resolution / self.n)
        spread = 0.0 if self.spread <= 1e-12 * max(1.0, abs(self.mean)) else self.spread
        return max(spread / math.sqrt(self.n), floor / quantile(SHARE, self.n))

    def interval(self, share: float = SHARE) -> tuple[float, float]:
        """Return the Student interval whose ends leave ``1 - share`` outside on either side."""
        half = quantile(share, self.n) * self.error
        return self.mean - half, self.mean + half

    def estimate(self) -> Estimate:
        """Return the mean with its 95 % interval; none under three seeds, or where the seeds agree and nothing says how fine they are."""
        if self.n < 3 or math.isnan(self.mean) or self.error == 0.0:
            return Estimate(self.mean, None, None, self.n)
        return Estimate(self.mean, *self.interval(), self.n)

    def p_above(self, edge: float) -> float:
        """Return the probability of so large a mean if the truth lies at ``edge``, one-sided."""
        from scipy.special import stdtr  # here, since it takes a quarter of the time in which a worker starts
        return float(stdtr(self.n - 1, (edge - self.mean) / self.error))

    def p_below(self, edge: float) -> float:
        """Return the probability of so small a mean if the truth lies at ``edge``, one-sided."""
        from scipy.special import stdtr
        return float(stdtr(self.n - 1, (self.mean - edge) / self.error))

    def seeds_needed(self, distance: float, share: float = SHARE) -> int | None:
        """Return how many seeds would bring the interval clear of an edge so far away, if mean and spread stay; None beyond 200."""
        if distance <= 0:
            return None
        return next((n for n in range(self.n + 1, MOST_SEEDS + 1)
                     if quantile(share, n) * self.spread / math.sqrt(n) < distance), None)


def quantile(share: float, n: int) -> float:
    """Return Student's quantile for the mean of ``n`` seeds."""
    from scipy.special import stdtrit
    return float(stdtrit(n - 1, share))


def survivors(p_values: Sequence[float], level: float = 0.05) -> list[bool]:
    """Return which of several findings stand after Holm's correction, in the order given."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    stands = [False] * len(p_values)
    for rank, index in enumerate(order):
        if p_values[index] > level / (len(p_values) - rank):
            break
        stands[index] = True
    return stands
