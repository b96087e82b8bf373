"""Attribute transfer: which category each unit had before a training, and which it has after. Flows are counted from the sets.

Ranked anew, every category would keep its size whatever happened. So one model is the reference: scores of every other state are put on
its scale and compared with its cut-offs, and sizes may change, as in the paper, whose printed flows and totals do not add up; these
do, by construction. Even without any training, units near a cut-off change sides between two calibration sets: that flow is the
control. Source: arXiv 2410.10862, figures 5 and 6. Imports no torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.language.units import KINDS, UnitSpace
from core.safety.categories import CATEGORIES, CU, RU, SCU, UCU, normalised

COLUMNS = ("event", "before", "after", "n_units", "share")
_TINY = 1e-300


@dataclass(frozen=True, eq=False)
class Reference:
    """The state of a model that others are compared with.

    Attributes:
        space: Its units.
        how: How scores are made comparable, see ``categories.normalised``.
        safety: Its raw safety scores, (n_units,).
        utility: Its raw utility scores.
        codes: Its categories.
    """

    space: UnitSpace
    how: str
    safety: np.ndarray
    utility: np.ndarray
    codes: np.ndarray

    def categories_of(self, safety: np.ndarray, utility: np.ndarray) -> np.ndarray:
        """Return the categories that raw scores of another state have by this one's scale and cut-offs, int8 (n_units,).

        The reference's own scores give its own categories, but for units that tie at a cut-off, as ranks may. An empty category has no
        cut-off and stays empty.
        """
        own = [scaled(raw, raw, self.space, self.how) for raw in (self.safety, self.utility)]
        other = [scaled(raw, by, self.space, self.how) for raw, by in ((safety, self.safety), (utility, self.utility))]
        total, difference = own[0] + own[1], own[0] - own[1]
        codes = np.full(len(self.codes), CU, dtype=np.int8)
        leans = other[0] - other[1]
        codes[leans >= difference[self.codes == SCU].min(initial=np.inf)] = SCU
        codes[leans <= difference[self.codes == UCU].max(initial=-np.inf)] = UCU
        codes[other[0] + other[1] <= total[self.codes == RU].max(initial=-np.inf)] = RU
        return codes


def scaled(raw: np.ndarray, by: np.ndarray, space: UnitSpace, how: str) -> np.ndarray:
    """Return raw scores on the scale of others: with their means, deviations or sums within each kind and layer.

    Args:
        raw: Raw scores, (n_units,).
        by: Raw scores that set the scale; the same ones give ``categories.normalised``.
        space: Which units belong to which kind and layer.
        how: ``z``, ``share``, ``rank`` (ranks are on one scale anyway) or ``raw``.
    """
    if how in ("raw", "rank"):
        return normalised(raw, space, how)
    found = np.zeros(len(raw))
    for layer in range(space.n_layers):
        for kind in KINDS:
            part = space.part(kind, layer)
            centre, spread = (by[part].mean(), by[part].std()) if how == "z" else (0.0, by[part].sum())
            if spread > _TINY:
                found[part] = (raw[part] - centre) / spread
    return found


def flows(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return how many units went from each category to each, int64 (4, 4), rows before, columns after.

    Args:
        before: Category codes, 0 SCU, 1 UCU, 2 CU, 3 RU, (n_units,).
        after: The same units' codes afterwards.
    """
    n = len(CATEGORIES)
    return np.bincount(before.astype(np.int64) * n + after, minlength=n * n).reshape(n, n)


def kept(before: np.ndarray, after: np.ndarray, code: int) -> float:
    """Return the share of a category's units that are in it afterwards, in [0, 1]; NaN if it was empty."""
    was = before == code
    return float((after[was] == code).mean()) if was.any() else float("nan")


def flow_table(events: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> pd.DataFrame:
    """Return one row per event and pair of categories: event, before, after, n_units, share (of all units).

    Args:
        events: Codes before and after, by event.
    """
    rows = []
    for event, (before, after) in events.items():
        counts = flows(before, after)
        rows += [(event, CATEGORIES[i], CATEGORIES[j], int(counts[i, j]), counts[i, j] / len(before))
                 for i in range(len(counts)) for j in range(len(counts))]
    return pd.DataFrame(rows, columns=COLUMNS)
