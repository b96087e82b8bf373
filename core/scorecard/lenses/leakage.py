"""Who was in training: the privacy room's attacks on one target."""

from dataclasses import replace

import numpy as np

from core.lab import words
from core.measures.operating_point import OperatingPoint, point_on_curve
from core.measures.roc import auc_many, roc_curve
from core.privacy.attacks import attack_by_id
from core.privacy.audit.sample_tables import slice_table
from core.privacy.control import shuffle_membership
from core.privacy.signals import Signals
from core.scorecard.material import Material
from core.scorecard.row import Found, Missing, Slice

SIMPLE, HEADLINE = "loss", "lira_online"
INTERVAL = "Clopper-Pearson, 95%, at the threshold that accuses so many strangers"


def simple(material: Material) -> Found | Missing:
    """Return what one loss threshold finds, with no model but the subject."""
    return _found(material, material.once("alone", material.alone), SIMPLE, 0.01)


def with_references(material: Material) -> Found | Missing:
    """Return what LiRA finds at 1 % false alarms."""
    return _found(material, material.once("among", material.among), HEADLINE, 0.01)


def strict(material: Material) -> Found | Missing:
    """Return what LiRA finds at 0.1 % false alarms."""
    return _found(material, material.once("among", material.among), HEADLINE, 0.001)


def scores_of(signals: Signals, attack: str) -> np.ndarray:
    """Return the subject's scores under an attack, (N,); the other models are references."""
    return attack_by_id(attack).score(signals)[0]


def shuffled_share(material: Material) -> float:
    """Return what LiRA finds at 1 % false alarms when membership is shuffled before it begins: about one per cent."""
    shuffled = shuffle_membership(material.once("among", material.among), seed=material.seed)
    point = point_on_curve(roc_curve(scores_of(shuffled, HEADLINE), shuffled.members[0]), fpr=0.01)
    return float(point.tpr) if isinstance(point, OperatingPoint) else float("nan")


def _found(material: Material, signals: Signals, attack: str, fpr: float) -> Found | Missing:
    score, members = scores_of(signals, attack), signals.members[0]
    curve = roc_curve(score, members)
    point = point_on_curve(curve, fpr=fpr)
    if not isinstance(point, OperatingPoint):
        return Missing("needs more strangers", point.reason[:1].lower() + point.reason[1:].rstrip("."))
    area = float(auc_many(score[None], members[None])[0])
    slices = _by_class(material, signals, score, attack)
    worst = max(slices, key=lambda one: one.value, default=None)
    times = point.tpr / fpr
    sentence = (f"Of 100 samples in training an attacker would point at {100 * point.tpr:.1f}, and wrongly at "
                f"{100 * point.realised_fpr:.1f} of 100 who were not: {words.two_digits(times)} times what a guess finds.")
    note = "Fewer than ten strangers are accused, so that one of them moves the number." if point.is_coarse else ""
    note = f"{note} {material.assumption}".strip()
    return Found(
        point.tpr, point.tpr_low, point.tpr_high, point.n_members,
        f"{point.n_true_positives:,} of {point.n_members:,} members, {point.n_false_positives:,} of {point.n_non_members:,} strangers",
        sentence, INTERVAL, "" if worst is None else f"{worst.name}: AUC {worst.value:.2f}",
        (Slice("all, AUC", area, len(members), kind="AUC"), *slices), note)


def _by_class(material: Material, signals: Signals, score: np.ndarray, attack: str) -> tuple[Slice, ...]:
    target = replace(signals, logits=signals.logits[:1], members=signals.members[:1], population_logits=signals.population_logits[:1],
                     feature_norms=None)
    names = material.class_names if len(material.class_names) == signals.logits.shape[-1] else None
    table = slice_table(target, {attack: score[None]}, class_names=names)
    return tuple(Slice(str(row.slice), float(row.auc), int(row.n), kind="AUC") for row in table[table["kind"] == "class"].itertuples())
