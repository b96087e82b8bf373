"""The same short audit of plain and defended models: what attacks find in their answers, and how accurate they stay.

Every model is a target in turn and all others are its references, so that the attacker has run the defence too. Accuracy is taken on
the pool's non-members: for every model another half, and together as many images as members.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.lab.experiment import Context
from core.measures.operating_point import OperatingPoint, point_on_curve
from core.measures.roc import auc_many, roc_curve
from core.privacy.attacks import attack_by_id
from core.privacy.audited_models import AuditData
from core.privacy.control import shuffle_membership
from core.privacy.defences.record import DefendedModels, Outputs
from core.privacy.signals import Signals, loss_per_sample
from core.training.evaluate import predict_many
from core.training.forked import run_each, shared_array

ATTACKS = ("gap", "loss", "confidence", "entropy", "modified_entropy", "lira_offline", "lira_online", "ratio_online")
HEADLINE = "lira_online"
N_NORM_BINS = 24


@dataclass(frozen=True)
class Means:
    """Means over targets.

    Attributes:
        auc: Of LiRA, online.
        auc_loss: Of one loss threshold.
        tpr_at_1_percent: Members that LiRA finds at 1 % false alarms, targets pooled; NaN where the sample does not resolve it.
        test_accuracy: On images that the model was not trained on.
        train_accuracy: On its members.
        loss_gap: Loss on the former minus loss on the latter.
        feature_norm_auc: Of the length of the classifier's input as a score.
        feature_norm_gap: Its mean over members minus that over non-members.
        auc_shuffled: As ``auc``, with membership shuffled.
        auc_loss_shuffled: As ``auc_loss``, with membership shuffled.
        feature_norm_auc_shuffled: As ``feature_norm_auc``, with membership shuffled.
        feature_norm_gap_shuffled: As ``feature_norm_gap``, with membership shuffled.
    """

    auc: float
    auc_loss: float
    tpr_at_1_percent: float
    test_accuracy: float
    train_accuracy: float
    loss_gap: float
    feature_norm_auc: float
    feature_norm_gap: float
    auc_shuffled: float
    auc_loss_shuffled: float
    feature_norm_auc_shuffled: float
    feature_norm_gap_shuffled: float


def answers(audit: AuditData, defended: DefendedModels, context: Context) -> Signals:
    """Return what every model answers on the pool, after whatever the defence does to answers; there is no population."""
    logits, features = predict_many([model.state for model in defended.models], audit.pool[0], defended.training,
                                    n_classes=audit.n_classes, device=context.device, processes=context.threads)
    norms = np.linalg.norm(features, axis=2)
    if defended.outputs is not None:
        logits = _answered(defended.outputs, logits, context)
    n_models = len(logits)
    return Signals(logits=logits[:, :, None], y=audit.pool[1], members=audit.members, sample_ids=audit.split.pool_ids,
                   population_logits=np.empty((n_models, 0, 1, audit.n_classes), np.float32),
                   population_y=np.empty(0, np.int64), feature_norms=norms)


def _answered(outputs: Outputs, logits: np.ndarray, context: Context) -> np.ndarray:
    """Return what models with these logits (K, N, C) really answer; a defence may search long for each, so cores share the models."""
    answered = shared_array(logits.shape, np.float32)

    def work(index: int) -> None:
        answered[index] = outputs(index, logits[index])

    run_each(len(logits), work, processes=context.threads if context.device == "cpu" else 1)
    return answered


def means_of(signals: Signals, seed: int) -> Means:
    """Return the figures of one set of models."""
    members, correct = signals.members, signals.correct
    losses = np.stack([loss_per_sample(one, signals.y)[:, 0] for one in signals.logits])
    scores = attack_by_id(HEADLINE).score(signals)
    shuffled = shuffle_membership(signals, seed=seed)
    return Means(
        auc=_mean_auc(scores, members), auc_loss=_mean_auc(-losses, members), tpr_at_1_percent=pooled_tpr(scores, members, 0.01),
        test_accuracy=float(correct[~members].mean()), train_accuracy=float(correct[members].mean()),
        loss_gap=float(losses[~members].mean() - losses[members].mean()),
        feature_norm_auc=_mean_auc(signals.feature_norms, members),
        feature_norm_gap=norm_gap(signals.feature_norms, members),
        auc_shuffled=_mean_auc(attack_by_id(HEADLINE).score(shuffled), shuffled.members),
        auc_loss_shuffled=_mean_auc(-losses, shuffled.members),
        feature_norm_auc_shuffled=_mean_auc(signals.feature_norms, shuffled.members),
        feature_norm_gap_shuffled=norm_gap(signals.feature_norms, shuffled.members))


def pooled_tpr(scores: np.ndarray, members: np.ndarray, fpr: float) -> float:
    """Return the members found at a false-alarm rate, all targets pooled; NaN where the sample does not resolve the rate."""
    point = point_on_curve(roc_curve(scores.ravel(), members.ravel()), fpr=fpr)
    return float(point.tpr) if isinstance(point, OperatingPoint) else float("nan")


def norm_gap(norms: np.ndarray, members: np.ndarray) -> float:
    """Return the mean length of members' features minus that of non-members'."""
    return float(norms[members].mean() - norms[~members].mean())


def attack_rows(signals: Signals, which: str) -> pd.DataFrame:
    """Return one row per attack: which, attack, title, auc (mean over targets), auc_low, auc_high (middle 95 %), tpr_1pct."""
    rows = []
    for name in ATTACKS:
        attack = attack_by_id(name)
        scores = attack.score(signals)
        areas = auc_many(scores, signals.members)
        low, high = np.quantile(areas, [0.025, 0.975])
        rows.append((which, name, attack.title, areas.mean(), low, high, pooled_tpr(scores, signals.members, 0.01)))
    return pd.DataFrame(rows, columns=["which", "attack", "title", "auc", "auc_low", "auc_high", "tpr_1pct"])


def norm_rows(signals: Signals, which: str) -> pd.DataFrame:
    """Return the distribution of feature length per class, all targets pooled: rows of the evidence table ``feature_norms``."""
    norms, members = signals.feature_norms, signals.members
    edges = np.linspace(0.0, float(np.quantile(norms, 0.995)) * 1.05 or 1.0, N_NORM_BINS + 1)
    clipped, parts = np.clip(norms, edges[0], edges[-1]), []
    for label in np.unique(signals.y):
        of_class = np.broadcast_to(signals.y == label, members.shape)
        shares = [np.histogram(clipped[rows & of_class], edges)[0] / max((rows & of_class).sum(), 1) for rows in (members, ~members)]
        parts.append(pd.DataFrame({"which": which, "y": int(label), "left": edges[:-1], "right": edges[1:], "members": shares[0],
                                   "non_members": shares[1]}))
    return pd.concat(parts, ignore_index=True)


def _mean_auc(scores: np.ndarray, members: np.ndarray) -> float:
    return float(auc_many(scores, members).mean())
