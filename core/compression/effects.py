"""Effect of a group's size on what it loses, freed from how hard the group is: every contrast is taken against the balanced copy.

Drops are accuracy (or loss) before minus after, so that positive is harm; the balanced copy carries the same groups with the same
ranks, which mean nothing there. Imports no torch.
"""

import numpy as np
import pandas as pd

from core.compression.cohorts import COHORTS


def difference_in_differences(rows: pd.DataFrame, edges: np.ndarray) -> dict[str, float]:
    """Return tail minus head of the drops in the long-tailed copy, the same in the balanced copy, and their difference.

    Args:
        rows: One row per copy and group at one setting, columns copy, group, drop.
        edges: ``head``, ``middle`` or ``tail`` for each group, (G,).

    Returns:
        ``tail_minus_head``, ``placebo`` and ``did``, in the unit of ``drop``.
    """
    contrasts = []
    for copy in COHORTS:
        drops = _by_group(rows, copy, "drop")
        contrasts.append(float(drops[edges == "tail"].mean() - drops[edges == "head"].mean()))
    return {"tail_minus_head": contrasts[0], "placebo": contrasts[1], "did": contrasts[0] - contrasts[1]}


def size_effect(harm: np.ndarray, harm_balanced: np.ndarray, sizes: np.ndarray) -> float:
    """Return how much more the smallest group is harmed than the largest because of its size.

    The least-squares slope, over groups, of harm minus harm in the balanced copy on log size, times the log ratio of largest and
    smallest size: the group's own difficulty drops out, being in both copies.

    Args:
        harm: Harm of each group in the long-tailed copy, (G,).
        harm_balanced: The same in the balanced copy.
        sizes: Group sizes in the long-tailed copy, (G,), not all equal.

    Example:
        >>> round(float(size_effect(np.array([0.0, 1.0, 2.0]), np.zeros(3), np.array([100, 10, 1]))), 6)
        2.0
    """
    logs = np.log(np.asarray(sizes, dtype=np.float64))
    spread = np.ptp(logs)
    if spread == 0:
        return float("nan")
    centred = logs - logs.mean()
    slope = float(centred @ (np.asarray(harm) - np.asarray(harm_balanced)) / (centred @ centred))
    return -slope * spread


def effect_table(chain: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Return one row per setting that was measured in both copies: the table ``effects``."""
    tail = groups[groups["copy"] == COHORTS[0]].sort_values("group")
    edges, sizes, rows = tail["edge"].to_numpy(), tail["n_train"].to_numpy(), []
    for setting, part in chain.groupby("setting", sort=False):
        if part["copy"].nunique() < len(COHORTS):
            continue
        harms = {column: [_by_group(part, copy, column) for copy in COHORTS] for column in ("drop", "excess_loss")}
        rows.append({"setting": setting, **difference_in_differences(part, edges), "size_effect": size_effect(*harms["drop"], sizes),
                     "size_effect_excess": size_effect(*harms["excess_loss"], sizes)})
    return pd.DataFrame(rows)


def _by_group(rows: pd.DataFrame, copy: str, column: str) -> np.ndarray:
    return rows[rows["copy"] == copy].sort_values("group")[column].to_numpy()
