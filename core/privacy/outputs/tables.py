"""The tables of an audit of outputs, over all rows: intervals are over rows of this one model, exact where they are of shares."""

import numpy as np
import pandas as pd

from core.measures.intervals import clopper_pearson
from core.measures.operating_point import OperatingPoint, allowed_false_positives, epsilon_lower_bound, is_unresolvable, point_on_curve
from core.measures.roc import auc_interval, roc_curve
from core.privacy.given_outputs import Attacked
from core.privacy.outputs.headline import is_told
from core.privacy.score_tables import FPR_GRID
from core.privacy.signals import loss_per_sample
from core.subjects.outputs import GivenOutputs

LEVELS = {"10pct": 0.1, "1pct": 0.01, "01pct": 0.001}
NAN = float("nan")


def attack_table(found: Attacked) -> pd.DataFrame:
    """Return one row per attack; columns as ``PrivacyOutputsResult.attacks`` names them."""
    rows = []
    for attack in found.attacks:
        score = found.scores[attack.id]
        area, low, high = auc_interval(score, found.members)
        row = {"attack": attack.id, "title": attack.title, "family": attack.family, "access": attack.access,
               "knowledge": attack.knowledge, "auc": area, "auc_low": low, "auc_high": high}
        curve, epsilon = roc_curve(score, found.members), NAN
        for level, fpr in LEVELS.items():
            point = point_on_curve(curve, fpr=fpr)
            told = isinstance(point, OperatingPoint)
            row |= {f"tpr_{level}": point.tpr if told else NAN, f"tpr_{level}_low": point.tpr_low if told else NAN,
                    f"tpr_{level}_high": point.tpr_high if told else NAN, f"fpr_{level}": point.realised_fpr if told else NAN}
            if told and level == "1pct":
                epsilon = epsilon_lower_bound(point.n_true_positives, point.n_members, point.n_false_positives, point.n_non_members)
        rows.append(row | {"epsilon_lower_bound": epsilon})
    return pd.DataFrame(rows)


def roc_table(found: Attacked) -> pd.DataFrame:
    """Return one row per attack and false-alarm rate, with exact intervals of the share found at each threshold."""
    parts = []
    for name, score in found.scores.items():
        curve = roc_curve(score, found.members)
        allowed = [allowed_false_positives(rate, curve.n_non_members) for rate in FPR_GRID]
        hits = curve.true_positives[np.searchsorted(curve.false_positives, allowed, side="right") - 1]
        low, high = clopper_pearson(hits, curve.n_members)
        parts.append(pd.DataFrame({
            "attack": name, "fpr": FPR_GRID, "tpr_median": hits / curve.n_members, "tpr_low": low, "tpr_high": high,
            "is_resolved": [not is_unresolvable(rate, curve.n_non_members) for rate in FPR_GRID]}))
    return pd.concat(parts, ignore_index=True)


def slice_table(found: Attacked, audited: GivenOutputs) -> pd.DataFrame:
    """Return one row per attack and group or class with enough members and others, for the headline attack and the loss."""
    losses = loss_per_sample(audited.logits[:, None], audited.y)[:, 0]
    is_right = audited.logits.argmax(axis=1) == audited.y
    slices = [("class", f"class {label}", audited.y == label) for label in np.unique(audited.y)]
    if audited.group is not None:
        slices += [("group", name, audited.group == index) for index, name in enumerate(audited.group_names)]
    rows = []
    for kind, name, mine in slices:
        if not is_told(mine, found.members):
            continue
        inside, outside = mine & found.members, mine & ~found.members
        told = (float(is_right[inside].mean()), float(is_right[outside].mean()), float(losses[outside].mean() - losses[inside].mean()))
        for attack in dict.fromkeys((found.headline, "loss")):
            rows.append((attack, kind, name, *auc_interval(found.scores[attack][mine], found.members[mine]), int(mine.sum()), *told))
    return pd.DataFrame(rows, columns=["attack", "kind", "slice", "auc", "low", "high", "n", "accuracy_members", "accuracy_others",
                                       "loss_gap"])
