"""Two subjects on the same samples: second minus first, row by row, with paired intervals where the samples are the same."""

from dataclasses import dataclass

import numpy as np

from core.measures.paired import paired_interval
from core.scorecard.material import Material
from core.scorecard.row import Found, Missing
from core.scorecard.table import LENSES


@dataclass(frozen=True)
class Pair:
    """One row of two subjects: second minus first."""

    row: str
    difference: float
    low: float
    high: float
    n: int
    interval: str


def pairs_of(first: Material, second: Material, said: dict[str, Found | Missing], beside: dict[str, Found | Missing]) -> list[tuple]:
    """Return a row for each lens that both subjects allow; see ``Pair``."""
    found = []
    for lens in LENSES:
        one, other = said[lens.id], beside[lens.id]
        if isinstance(one, Found) and isinstance(other, Found):
            pair = _pair(lens.id, first, second, one, other)
            found.append((pair.row, pair.difference, pair.low, pair.high, pair.n, pair.interval))
    return found


def _pair(row: str, first: Material, second: Material, one: Found, other: Found) -> Pair:
    if row == "worst_group":
        return _same_group(first, second, one)
    half = np.hypot(_half(one), _half(other))  # as if the two were drawn apart: wider than paired, never narrower than it should be
    difference = other.value - one.value
    return Pair(row, difference, difference - half, difference + half, min(one.n, other.n), "as if drawn apart, 95%")


def _half(found: Found) -> float:
    return max(found.high - found.value, found.value - found.low)


def _same_group(first: Material, second: Material, one: Found) -> Pair:
    """Return the change of accuracy of the group that the first serves worst, on the same rows."""
    group = first.everything.group_names.index(one.worst)
    mine = first.everything.group == group
    before, after = first.everything.right[mine], second.everything.right[mine]
    low, high = paired_interval(after, before)
    change = float(after.mean() - before.mean())
    return Pair("worst_group", change, low, high, int(mine.sum()), f"the same rows of {one.worst}, paired, 95%")
