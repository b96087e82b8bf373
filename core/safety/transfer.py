"""Attribute transfer: which category each unit had before a training, and which it has after. Flows are counted from the sets.

With the same shares before and after, every category keeps its size and only its members change. With the cut-offs of the model before
(``carried_over``) sizes change too, as in the paper, whose printed flows and totals do not add up; these do, by construction.
Even without any training, units near a cut-off change sides between two calibration sets: that flow is the control.
Source: arXiv 2410.10862, figures 5 and 6. Imports no torch.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

CATEGORY_NAMES = ("SCU", "UCU", "CU", "RU")
COLUMNS = ("event", "before", "after", "n_units", "share")


def flows(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return how many units went from each category to each, int64 (4, 4), rows before, columns after.

    Args:
        before: Category codes, 0 SCU, 1 UCU, 2 CU, 3 RU, (n_units,).
        after: The same units' codes afterwards.
    """
    n = len(CATEGORY_NAMES)
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
        rows += [(event, CATEGORY_NAMES[i], CATEGORY_NAMES[j], int(counts[i, j]), counts[i, j] / len(before))
                 for i in range(len(counts)) for j in range(len(counts))]
    return pd.DataFrame(rows, columns=COLUMNS)
