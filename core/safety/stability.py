"""Whether another calibration set would have named the same units. Imports no torch."""

from collections.abc import Sequence
from itertools import combinations
from typing import Protocol

import numpy as np
import pandas as pd

from core.language.units import UnitSpace
from core.safety.categories import CATEGORIES, CategoryShares, categorise, normalised

COLUMNS = ("category", "first", "second", "overlap", "by_chance", "n_units")


class Resampled(Protocol):
    """Statistics of a calibration set whose groups of pairs can be drawn anew."""

    counts: np.ndarray

    def scores(self, groups: np.ndarray | None = None) -> np.ndarray:
        """Return raw scores of the calibration set that those groups make up."""


def resampled_codes(safety: Resampled, utility: Resampled, space: UnitSpace, *, how: str, shares: CategoryShares, n: int,
                    rng: np.random.Generator) -> list[np.ndarray]:
    """Return the categories that ``n`` bootstrap resamples of both calibration sets give, each int8 (n_units,)."""
    found = []
    for _ in range(n):
        scores = [normalised(which.scores(rng.integers(len(which.counts), size=len(which.counts))), space, how)
                  for which in (safety, utility)]
        found.append(categorise(scores[0], scores[1], shares))
    return found


def stability_table(codes: Sequence[np.ndarray]) -> pd.DataFrame:
    """Return one row per category and pair of resamples: category, first, second, overlap (Jaccard), by_chance, n_units."""
    rows = []
    for code, name in enumerate(CATEGORIES):
        for first, second in combinations(range(len(codes)), 2):
            one, other = codes[first] == code, codes[second] == code
            rows.append((name, first, second, jaccard(one, other), jaccard_by_chance(int(one.sum()), int(other.sum()), len(one)),
                         int(one.sum())))
    return pd.DataFrame(rows, columns=COLUMNS)


def jaccard(one: np.ndarray, other: np.ndarray) -> float:
    """Return units in both sets over units in either, in [0, 1]; 1 for two empty sets. Bool masks."""
    either = int((one | other).sum())
    return float((one & other).sum() / either) if either else 1.0


def jaccard_by_chance(n_one: int, n_other: int, n_units: int) -> float:
    """Return the overlap of two random sets of these sizes, expected intersection over expected union."""
    both = n_one * n_other / n_units if n_units else 0.0
    either = n_one + n_other - both
    return both / either if either else 1.0
