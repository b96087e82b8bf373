"""What leaks from outputs on the pool that were kept in training, without asking the models anything again."""

import numpy as np
import pandas as pd

from core.measures.operating_point import OperatingPoint, epsilon_lower_bound, point_on_curve
from core.measures.roc import auc_many, roc_curve
from core.privacy.attacks import attack_by_id
from core.privacy.audited_models import AuditData, AuditedModel
from core.privacy.signals import Signals

POOL_ATTACKS = ("loss", "lira_online", "ratio_online")
LEVELS = (0.1, 0.01)


def pool_signals(audit: AuditData, models: list[AuditedModel], epoch: int) -> Signals:
    """Return the outputs kept after ``epoch``; there is no population among them."""
    logits = np.stack([model.checkpoint_logits[epoch] for model in models])[:, :, None]
    n_models, _, _, n_classes = logits.shape
    return Signals(logits=logits, y=audit.pool[1], members=audit.members, sample_ids=audit.split.pool_ids,
                   population_logits=np.empty((n_models, 0, 1, n_classes), np.float32), population_y=np.empty(0, np.int64))


def leakage_table(audit: AuditData, models: list[AuditedModel]) -> pd.DataFrame:
    """Return one row per kept epoch and attack that needs no population.

    Columns: epoch, attack, auc (mean over targets), tpr_1pct (targets pooled; NaN where unresolved), train_accuracy (on members),
    test_accuracy (on the pool's non-members, whom the model has not seen), means over targets.
    """
    rows = []
    for epoch in sorted(models[0].checkpoint_logits):
        signals = pool_signals(audit, models, epoch)
        accuracy = {"train_accuracy": float(np.mean(signals.correct, where=signals.members)),
                    "test_accuracy": float(np.mean(signals.correct, where=~signals.members))}
        for attack in POOL_ATTACKS:
            scores = attack_by_id(attack).score(signals)
            point = point_on_curve(roc_curve(scores.ravel(), signals.members.ravel()), fpr=0.01)
            rows.append({"epoch": epoch, "attack": attack, "auc": float(auc_many(scores, signals.members).mean()),
                         "tpr_1pct": point.tpr if isinstance(point, OperatingPoint) else np.nan, **accuracy})
    return pd.DataFrame(rows)


def measured_epsilon(audit: AuditData, models: list[AuditedModel], *, delta: float) -> float:
    """Return the largest epsilon that the attacks on the last kept outputs rule out, at least 0.

    Every attack and level is judged at a confidence that leaves 95 % to all together. Pairs of image and model count as
    independent, which the same image under several models is not quite.
    """
    signals = pool_signals(audit, models, max(models[0].checkpoint_logits))
    confidence = 1.0 - 0.05 / (len(POOL_ATTACKS) * len(LEVELS))
    bounds = [0.0]
    for attack in POOL_ATTACKS:
        curve = roc_curve(attack_by_id(attack).score(signals).ravel(), signals.members.ravel())
        for level in LEVELS:
            point = point_on_curve(curve, fpr=level)
            if isinstance(point, OperatingPoint):
                bounds.append(epsilon_lower_bound(point.n_true_positives, point.n_members, point.n_false_positives,
                                                  point.n_non_members, delta=delta, confidence=confidence))
    return max(bounds)
