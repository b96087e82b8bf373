"""From the points of a map and its controls to one number per claim; NaN where a claim's curve was not asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from core.privacy.map.config import ACCEPTABLE_COST
from core.privacy.short_audit import Means

NAN = float("nan")
GRID = 50


@dataclass(frozen=True, eq=False)
class MapPoint:
    """One point of the map.

    Attributes:
        curve: Id of its curve.
        strength: Value of the knob.
        position: From weak, 0, to strong; -1 for the plain models.
        means: Means over targets.
        aucs: Of LiRA, online, per target (K,).
        accuracies: On unseen images, per target (K,).
    """

    curve: str
    strength: float
    position: int
    means: Means
    aucs: np.ndarray
    accuracies: np.ndarray


@dataclass(frozen=True)
class Controls:
    """Figures of the ring module without its ring, AUC of length under a thin ring (true, shuffled), fine-tuning alone."""

    no_ring: Means | None
    thin_ring: tuple[float, float] | None
    tuned: Means | None


def headline(points: Sequence[MapPoint], controls: Controls, tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Return every metric of the map."""
    plain = points[0]
    return {
        **_overall(points), **_of_srcm(plain.means, points, controls), **_of_crl(plain, points),
        **_of_rewinding(plain.means, points, controls, tables), **_of_regions(tables["region_scan"])}


def accuracy_at_equal_leakage(first: Sequence[tuple[float, float]], second: Sequence[tuple[float, float]]) -> float:
    """Return the accuracy of the first curve minus that of the second at equal AUC, mean over the AUCs that both reach.

    Args:
        first: (AUC, accuracy) of its points; the curve is the line through them in order of AUC.
        second: Likewise.

    Returns:
        A fraction in [-1, 1]; NaN where the curves share no range of AUC.
    """
    curves = [np.array(sorted(curve)) for curve in (first, second)]
    low, high = max(curve[0, 0] for curve in curves), min(curve[-1, 0] for curve in curves)
    if not high > low:
        return NAN
    grid = np.linspace(low, high, GRID)
    return float(np.mean(np.interp(grid, *curves[0].T) - np.interp(grid, *curves[1].T)))


def _overall(points: Sequence[MapPoint]) -> dict[str, float]:
    plain = points[0].means
    cheap = [point.means.auc for point in points if plain.test_accuracy - point.means.test_accuracy <= ACCEPTABLE_COST]
    gaps = [point.means.loss_gap for point in points]
    return {
        "auc_best": min(cheap), "auc_plain": plain.auc, "accuracy_plain": plain.test_accuracy,
        "gap_correlation": _spearman(gaps, [point.means.auc_loss for point in points]),
        "gap_correlation_shuffled": _spearman(gaps, [point.means.auc_loss_shuffled for point in points]),
        "norm_auc": plain.feature_norm_auc, "norm_auc_shuffled": plain.feature_norm_auc_shuffled}


def _spearman(first: list[float], second: list[float]) -> float:
    if len(first) < 3 or len(set(first)) < 2 or len(set(second)) < 2:
        return NAN
    return float(spearmanr(first, second).statistic)


def _at(points: Sequence[MapPoint], curve: str, position: int) -> Means | None:
    return next((point.means for point in points if point.curve == curve and point.position == position), None)


def _of_srcm(plain: Means, points: Sequence[MapPoint], controls: Controls) -> dict[str, float]:
    ring, no_ring = _at(points, "srcm", 1), controls.no_ring
    thin, thin_shuffled = controls.thin_ring or (NAN, NAN)
    return {"thin_ring_norm_auc": thin, "thin_ring_norm_auc_shuffled": thin_shuffled,
            "srcm_drop": plain.auc - ring.auc if ring else NAN, "no_ring_drop": plain.auc - no_ring.auc if no_ring else NAN}


def _of_crl(plain: MapPoint, points: Sequence[MapPoint]) -> dict[str, float]:
    found = [_at(points, "crl", position) for position in range(3)]
    weak, _, strong = found
    relaxed = [point for point in points if point.curve == "relaxloss"]
    crl = [point for point in points if point.curve == "crl"]
    names = ("crl_fall", "crl_fall_shuffled", "crl_norm_fall", "crl_norm_fall_shuffled", "crl_advantage", "relaxloss_itself")
    values = dict.fromkeys(names, NAN)
    if weak and strong:
        before = plain.means
        values |= {
            "crl_fall": weak.auc_loss - strong.auc_loss, "crl_fall_shuffled": weak.auc_loss_shuffled - strong.auc_loss_shuffled,
            "crl_norm_fall": abs(before.feature_norm_gap) - abs(weak.feature_norm_gap),
            "crl_norm_fall_shuffled": abs(before.feature_norm_gap_shuffled) - abs(weak.feature_norm_gap_shuffled)}
    if relaxed:
        values["relaxloss_itself"] = accuracy_at_equal_leakage(_curve([plain, *relaxed], 0, 2), _curve([plain, *relaxed], 1, 2))
    if relaxed and crl:
        values["crl_advantage"] = accuracy_at_equal_leakage(_curve([plain, *crl]), _curve([plain, *relaxed]))
    return values


def _curve(points: Sequence[MapPoint], first: int = 0, step: int = 1) -> list[tuple[float, float]]:
    return [(float(point.aucs[first::step].mean()), float(point.accuracies[first::step].mean())) for point in points]


def _of_rewinding(plain: Means, points: Sequence[MapPoint], controls: Controls, tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    rewound, tuned = _at(points, "rewinding", 1), controls.tuned
    conv = tables["entanglement"][tables["entanglement"]["layer_type"] == "conv"]
    sweep = tables["rewind_sweep"][tables["rewind_sweep"]["rate"] == 3.0].set_index("arm")["test_accuracy"]
    return {
        "entanglement_conv": float(conv["correlation"].mean()), "magnitude_conv": float(conv["magnitude_correlation"].mean()),
        "rewind_over_zero": float(sweep["tune_others"] - sweep["zero"]) if len(sweep) else NAN,
        "tuning_cost": plain.test_accuracy - tuned.test_accuracy if tuned else NAN,
        "rewinding_drop": plain.auc - rewound.auc if rewound else NAN, "tuning_drop": plain.auc - tuned.auc if tuned else NAN}


def _of_regions(scan: pd.DataFrame) -> dict[str, float]:
    values = {}
    whole = scan[scan["kind"] == "all"].set_index("target")
    net = (whole["privacy_gain"] - whole["utility_cost"]).mean()
    for kind, prefix in (("region", "region"), ("control", "random")):
        mine = scan[scan["kind"] == kind].groupby("region")[["privacy_gain", "utility_cost"]].mean()
        gains = mine["privacy_gain"]
        values[f"{prefix}_spread"] = float(gains.max() - gains.min()) if len(mine) else NAN
        values[f"{prefix}_advantage"] = float((gains - mine["utility_cost"]).max() - net) if len(mine) else NAN
    return values
