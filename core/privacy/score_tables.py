"""ROC bands over targets and score histograms, thinned to what a figure shows."""

import numpy as np
import pandas as pd

from core.measures.operating_point import is_unresolvable, tpr_at_fpr_many
from core.privacy.attacks.record import Attack

FPR_GRID = np.logspace(-4, 0, 101)
N_BINS = 40
TAIL = 0.02
SMALLEST_SHOWN = 1e-12


def roc_table(members: np.ndarray, scores: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return one row per attack and false-positive rate, on 101 rates from 1e-4 to 1, evenly spaced in the logarithm.

    Columns: attack, fpr, tpr_median, tpr_low, tpr_high (median, 2.5th and 97.5th percentile over targets, each target at its own
    threshold), tpr_pooled (all targets at one threshold), is_resolved (whether a single target has enough non-members for the
    rate; below that the per-target values are those at no false positive).
    """
    n_non_members = int((~members).sum(axis=1).min())
    resolved = np.array([not is_unresolvable(rate, n_non_members) for rate in FPR_GRID])
    parts = []
    for attack, score in scores.items():
        rates = tpr_at_fpr_many(score, members, fpr=FPR_GRID)
        low, median, high = np.quantile(rates, [0.025, 0.5, 0.975], axis=0)
        pooled = tpr_at_fpr_many(score.reshape(1, -1), members.reshape(1, -1), fpr=FPR_GRID)[0]
        parts.append(pd.DataFrame({
            "attack": attack, "fpr": FPR_GRID, "tpr_median": median, "tpr_low": low, "tpr_high": high, "tpr_pooled": pooled,
            "is_resolved": resolved}))
    return pd.concat(parts, ignore_index=True)


def histogram_table(
    members: np.ndarray, scores: dict[str, np.ndarray], *, attacks: tuple[Attack, ...], n_bins: int = N_BINS
) -> pd.DataFrame:
    """Return one row per attack and bin, all targets pooled.

    Columns: attack, axis (name of the horizontal axis), left, right (edges, shared by both groups), members, non_members (shares
    in [0, 1]; each sums to 1 over the bins of an attack). The axis spans the middle 96 % of the scores; what lies beyond is
    counted in the outermost bins. Larger still means more likely a member.
    """
    parts = []
    for attack in attacks:
        values = shown_scores(scores[attack.id], is_log=attack.is_log)
        low, high = np.quantile(values, [TAIL, 1.0 - TAIL])
        if not high > low:
            low, high = low - 0.5, low + 0.5
        edges = np.linspace(low, high, n_bins + 1)
        clipped = np.clip(values, low, high)
        shares = [np.histogram(clipped[chosen], edges)[0] / chosen.sum() for chosen in (members, ~members)]
        parts.append(pd.DataFrame({
            "attack": attack.id, "axis": attack.axis, "left": edges[:-1], "right": edges[1:], "members": shares[0],
            "non_members": shares[1]}))
    return pd.concat(parts, ignore_index=True)


def shown_scores(scores: np.ndarray, *, is_log: bool) -> np.ndarray:
    """Return the scores as a figure shows them: ``-log10(-score)`` where they crowd below zero, else unchanged."""
    return -np.log10(np.maximum(-scores, SMALLEST_SHOWN)) if is_log else scores
