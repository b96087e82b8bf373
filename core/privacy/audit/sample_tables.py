"""Who is exposed: AUC by class and by difficulty, and the single samples at both ends."""

import numpy as np
import pandas as pd

from core.measures.leave_one_out import mean_of_others
from core.measures.roc import auc_many
from core.privacy.signals import Signals

N_LISTED = 40
DIFFICULTY = ("easiest quarter", "second quarter", "third quarter", "hardest quarter")


def slice_table(signals: Signals, scores: dict[str, np.ndarray], *, class_names: tuple[str, ...] | None = None) -> pd.DataFrame:
    """Return one row per attack and slice of the pool.

    Columns: attack, kind ("class" or "difficulty"), slice (class name, or quarter by mean loss of the references trained without
    the sample, easiest first), auc (mean over targets), low, high (2.5th and 97.5th percentile over targets), n (samples of one
    target in the slice), n_targets (targets with members and non-members in it). Slices with no such target are left out.
    """
    slices = [*_class_slices(signals, class_names), *_difficulty_slices(signals)]
    rows = []
    for attack, score in scores.items():
        for kind, name, columns in slices:
            of = columns[:len(score)]  # models behind the last score are references alone
            areas = auc_many(np.take_along_axis(score, of, axis=1), np.take_along_axis(signals.members[:len(score)], of, axis=1))
            areas = areas[~np.isnan(areas)]
            if areas.size:
                low, high = np.quantile(areas, [0.025, 0.975])
                rows.append((attack, kind, name, areas.mean(), low, high, columns.shape[1], areas.size))
    return pd.DataFrame(rows, columns=["attack", "kind", "slice", "auc", "low", "high", "n", "n_targets"])


def sample_table(
    signals: Signals, scores: dict[str, np.ndarray], *, headline: str, target: int = 0, n_listed: int = N_LISTED
) -> pd.DataFrame:
    """Return the most exposed members and the most falsely accused non-members of one target, worst first.

    Columns: group ("exposed member" or "accused non-member"), rank (1 is the worst), sample (row in the pool), sample_id (content
    hash), y, is_member, target_loss, reference_out_loss, reference_in_loss (nats, query means; references trained without and
    with the sample, the target left out; NaN where there is none), and for each attack A: score_A and percentile_A (share of
    this target's pool that scores at most as much, in [0, 100]; 100 is the most member-like).
    """
    members = signals.members[target]
    order = np.argsort(-scores[headline][target], kind="stable")
    listed = {"exposed member": order[members[order]][:n_listed], "accused non-member": order[~members[order]][:n_listed]}
    loss = -signals.log_prob_true.mean(axis=-1)
    out_loss = mean_of_others(loss, ~signals.members)[target]
    in_loss = mean_of_others(loss, signals.members)[target]
    parts = []
    for group, rows in listed.items():
        columns: dict[str, object] = {
            "group": group, "rank": np.arange(1, rows.size + 1), "sample": rows,
            "sample_id": np.asarray(signals.sample_ids)[rows],
            "y": signals.y[rows], "is_member": members[rows], "target_loss": loss[target, rows],
            "reference_out_loss": out_loss[rows], "reference_in_loss": in_loss[rows]}
        for attack, score in scores.items():
            columns[f"score_{attack}"] = score[target, rows]
            columns[f"percentile_{attack}"] = percentile(score[target])[rows]
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def percentile(values: np.ndarray) -> np.ndarray:
    """Return for every value the percentage of values that are at most as large, (N,), in (0, 100]."""
    return 100.0 * np.searchsorted(np.sort(values), values, side="right") / values.size


def reference_out_loss(signals: Signals) -> np.ndarray:
    """Return each sample's mean loss over the references trained without it, the target left out, (K, N); NaN where none."""
    return mean_of_others(-signals.log_prob_true.mean(axis=-1), ~signals.members)


def _class_slices(signals: Signals, class_names: tuple[str, ...] | None) -> list[tuple[str, str, np.ndarray]]:
    n_models = len(signals.members)
    return [
        ("class", class_names[label] if class_names else str(label),
         np.broadcast_to(np.flatnonzero(signals.y == label), (n_models, int((signals.y == label).sum()))))
        for label in np.unique(signals.y)]


def _difficulty_slices(signals: Signals) -> list[tuple[str, str, np.ndarray]]:
    order = np.argsort(reference_out_loss(signals), axis=1, kind="stable")
    return [("difficulty", name, columns) for name, columns in zip(DIFFICULTY, np.array_split(order, 4, axis=1), strict=True)]
