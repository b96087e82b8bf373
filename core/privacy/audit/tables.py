"""From attack scores to the tables a reader sees: one row per attack, and one row per attack and operating point.

Three thresholds are told apart everywhere. *Oracle*: chosen on the target's own labels, an upper bound. *Transferred*: chosen on
the reference models and carried over, what an attacker can do. *At a false-positive rate*: chosen on the target's non-members,
the usual audit, also an oracle. Every model is a target in turn; ``low`` and ``high`` are the 2.5th and 97.5th percentile over
targets, the spread from one trained model to the next, unless a column says otherwise.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.measures.operating_point import OperatingPoint, epsilon_lower_bound, is_unresolvable, point_on_curve, tpr_at_fpr_many
from core.measures.roc import RocCurve, auc_interval, auc_many, balanced_accuracy, best_threshold, roc_curve
from core.measures.thresholds import transferred_thresholds
from core.privacy.attacks import ATTACKS
from core.privacy.attacks.record import Attack
from core.privacy.audit.sample_tables import sample_table, slice_table
from core.privacy.score_tables import histogram_table, roc_table
from core.privacy.signals import Signals

LEVELS = {"10pct": 0.1, "1pct": 0.01, "01pct": 0.001}
HEADLINE_ATTACK = "lira_online"


@dataclass(frozen=True, eq=False)
class PrivacyTables:
    """The tables of one audit; columns are described by the functions that build them.

    Attributes:
        attacks: ``attack_table``.
        operating_points: ``operating_point_table``.
        roc: ``score_tables.roc_table``.
        histograms: ``score_tables.histogram_table``.
        slices: ``sample_tables.slice_table``.
        samples: ``sample_tables.sample_table``.
    """

    attacks: pd.DataFrame
    operating_points: pd.DataFrame
    roc: pd.DataFrame
    histograms: pd.DataFrame
    slices: pd.DataFrame
    samples: pd.DataFrame


def build_tables(
    signals: Signals, scores: dict[str, np.ndarray], *, attacks: tuple[Attack, ...] = ATTACKS,
    headline: str = HEADLINE_ATTACK, target: int = 0, shuffled: pd.DataFrame | None = None,
    class_names: tuple[str, ...] | None = None, n_targets: int | None = None,
) -> PrivacyTables:
    """Return every table of the audit.

    Args:
        signals: What the attacks read.
        scores: From ``score_all``.
        attacks: The same table as given to ``score_all``.
        headline: Attack that decides which samples are most exposed.
        target: Model whose samples are listed.
        shuffled: From ``control.shuffled_control``; merged into ``attacks``.
        class_names: Words for the class slices; numbers where absent.
        n_targets: How many of the models are targets, from the first on; all where absent. The others are references alone.
    """
    ran = tuple(attack for attack in attacks if attack.id in scores)
    cuts = {attack.id: transferred_accuracy(scores[attack.id], signals.members, threshold=attack.threshold)[:n_targets] for attack in ran}
    every, members, scores = scores, signals.members[:n_targets], {name: score[:n_targets] for name, score in scores.items()}
    points = operating_point_table(members, scores)
    return PrivacyTables(
        attacks=attack_table(members, scores, points, attacks=ran, shuffled=shuffled, transferred=cuts),
        operating_points=points,
        roc=roc_table(members, scores),
        histograms=histogram_table(members, scores, attacks=ran),
        slices=slice_table(signals, scores, class_names=class_names),
        samples=sample_table(signals, every, headline=headline, target=target),
    )


def attack_table(
    members: np.ndarray, scores: dict[str, np.ndarray], points: pd.DataFrame, *, attacks: tuple[Attack, ...],
    shuffled: pd.DataFrame | None = None, transferred: dict[str, np.ndarray] | None = None,
) -> pd.DataFrame:
    """Return one row per attack; ``transferred`` holds ``transferred_accuracy`` of each target where it was computed among more models.

    Columns: attack, title, family, access, knowledge, n_targets, n_samples; auc (mean over targets), auc_low, auc_high;
    balanced_accuracy_oracle, advantage_oracle (means over targets, thresholds chosen on the target);
    balanced_accuracy_transferred, advantage_transferred (means over targets, thresholds from the references or the attack's
    own); for each level L in 10pct, 1pct, 01pct: tpr_L, tpr_L_low, tpr_L_high (targets pooled, Clopper-Pearson), tpr_L_mean
    (mean of the per-target values), fpr_L (realised, pooled), false_positives_L, is_coarse_L; epsilon_lower_bound (pooled, at
    1 %); auc_shuffled, auc_shuffled_low, auc_shuffled_high (with ``shuffled``; 95 % interval of the mean). What the sample
    cannot resolve is NaN, with the reason in ``operating_point_table``.
    """
    rows = []
    for attack in attacks:
        score = scores[attack.id]
        areas = auc_many(score, members)
        oracle = np.mean([best_threshold(row, inside).balanced_accuracy for row, inside in zip(score, members, strict=True)])
        carried = (transferred or {}).get(attack.id)
        carried = float((transferred_accuracy(score, members, threshold=attack.threshold) if carried is None else carried).mean())
        low, high = auc_interval(score[0], members[0])[1:] if len(score) == 1 else np.quantile(areas, [0.025, 0.975])
        row = {
            "attack": attack.id, "title": attack.title, "family": attack.family, "access": attack.access,
            "knowledge": attack.knowledge, "n_targets": len(score), "n_samples": score.shape[1],
            "auc": areas.mean(), "auc_low": low, "auc_high": high,
            "balanced_accuracy_oracle": oracle, "advantage_oracle": 2.0 * oracle - 1.0,
            "balanced_accuracy_transferred": carried, "advantage_transferred": 2.0 * carried - 1.0}
        rows.append(row | _levels_of(points[points["attack"] == attack.id]))
    table = pd.DataFrame(rows)
    return table if shuffled is None else table.merge(shuffled, on="attack", how="left", validate="one_to_one")


def transferred_accuracy(scores: np.ndarray, members: np.ndarray, *, threshold: float | None = None) -> np.ndarray:
    """Return the balanced accuracy of every target at a threshold that its own labels did not choose, (K,).

    Args:
        scores: (K, N); larger means more likely a member.
        members: (K, N) bool.
        threshold: The attack's own cut; None carries over the best cut on the other models pooled. Calibrated attacks on those
            models used the target as one reference of many, which moves a single number shared by all samples only slightly.
    """
    cuts = transferred_thresholds(scores, members) if threshold is None else np.full(len(scores), threshold)
    return balanced_accuracy(scores >= cuts[:, None], members)


def operating_point_table(members: np.ndarray, scores: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return one row per attack and false-positive level, over all targets pooled.

    Columns: attack, level (10pct, 1pct, 01pct), fpr_level, threshold, tpr, tpr_low, tpr_high, fpr (realised), fpr_low, fpr_high,
    false_positives, true_positives, n_members, n_non_members (pooled counts of sample-model pairs), is_coarse, tpr_mean (mean
    over targets, each at its own threshold; NaN where one target cannot resolve the level), epsilon_lower_bound, reason (one
    sentence where the pooled sample cannot resolve the level, else empty). Intervals are Clopper-Pearson at 95 % and treat the
    pairs as independent; the same image under several models is not quite, so they are somewhat too narrow.
    """
    rows = []
    n_non_members = int((~members).sum(axis=1).min())
    for attack, score in scores.items():
        curve = roc_curve(score.ravel(), members.ravel())
        means = tpr_at_fpr_many(score, members, fpr=np.array(list(LEVELS.values()))).mean(axis=0)
        for (level, fpr), mean in zip(LEVELS.items(), means, strict=True):
            row = {"attack": attack, "level": level} | _point_row(curve, fpr)
            rows.append(row | {"tpr_mean": np.nan if is_unresolvable(fpr, n_non_members) else mean})
    return pd.DataFrame(rows)


def _point_row(curve: RocCurve, fpr: float) -> dict[str, object]:
    point = point_on_curve(curve, fpr=fpr)
    counts = {"n_members": curve.n_members, "n_non_members": curve.n_non_members}
    if not isinstance(point, OperatingPoint):
        unknown = ("threshold", "tpr", "tpr_low", "tpr_high", "fpr", "fpr_low", "fpr_high", "epsilon_lower_bound")
        nothing = dict.fromkeys(unknown, np.nan) | {"false_positives": 0, "true_positives": 0, "is_coarse": True}
        return {"fpr_level": fpr, **nothing, **counts, "reason": point.reason}
    return {
        "fpr_level": fpr, "threshold": point.threshold, "tpr": point.tpr, "tpr_low": point.tpr_low, "tpr_high": point.tpr_high,
        "fpr": point.realised_fpr, "fpr_low": point.fpr_low, "fpr_high": point.fpr_high,
        "epsilon_lower_bound": epsilon_lower_bound(
            point.n_true_positives, point.n_members, point.n_false_positives, point.n_non_members),
        "false_positives": point.n_false_positives, "true_positives": point.n_true_positives, "is_coarse": point.is_coarse,
        **counts, "reason": ""}


def _levels_of(points: pd.DataFrame) -> dict[str, object]:
    row: dict[str, object] = {}
    for point in points.to_dict("records"):
        level = point["level"]
        row |= {
            f"tpr_{level}": point["tpr"], f"tpr_{level}_low": point["tpr_low"], f"tpr_{level}_high": point["tpr_high"],
            f"tpr_{level}_mean": point["tpr_mean"], f"fpr_{level}": point["fpr"],
            f"false_positives_{level}": point["false_positives"], f"is_coarse_{level}": point["is_coarse"]}
        if level == "1pct":
            row["epsilon_lower_bound"] = point["epsilon_lower_bound"]
    return row
