"""How leakage grows with training: the same models looked at after some of their epochs, as if stopped there."""

import numpy as np
import pandas as pd

from core.measures.roc import auc_many
from core.privacy.audited_models import AuditData, AuditedModel
from core.privacy.signals import loss_per_sample


def early_stopping_table(audit: AuditData, models: list[AuditedModel], shuffled: np.ndarray) -> pd.DataFrame:
    """Return one row per target and kept epoch.

    Columns: target, epoch, member_loss, non_member_loss, loss_gap (non-members minus members, nats), member_accuracy,
    non_member_accuracy, accuracy_gap (members minus non-members, fractions), auc (of the loss threshold), auc_shuffled (the same
    scores against the ``shuffled`` memberships).

    Args:
        audit: Who is a member of what.
        models: All models with their kept outputs.
        shuffled: (K, N) memberships dealt to other images; the control.
    """
    y, members = audit.pool[1], audit.members
    parts = []
    for epoch in sorted(models[0].checkpoint_logits):
        logits = np.stack([model.checkpoint_logits[epoch] for model in models])
        losses = np.stack([loss_per_sample(one[:, None], y)[:, 0] for one in logits])
        correct = logits.argmax(axis=-1) == y
        inside, outside = np.mean(losses, axis=1, where=members), np.mean(losses, axis=1, where=~members)
        hit, miss = np.mean(correct, axis=1, where=members), np.mean(correct, axis=1, where=~members)
        parts.append(pd.DataFrame({
            "target": np.arange(len(models)), "epoch": epoch, "member_loss": inside, "non_member_loss": outside,
            "loss_gap": outside - inside, "member_accuracy": hit, "non_member_accuracy": miss, "accuracy_gap": hit - miss,
            "auc": auc_many(-losses, members), "auc_shuffled": auc_many(-losses, shuffled)}))
    return pd.concat(parts, ignore_index=True)


def gap_correlation(table: pd.DataFrame, column: str) -> float:
    """Return the Spearman correlation of the loss gap with ``column`` over the kept epochs, mean over targets, in [-1, 1].

    NaN where fewer than three epochs were kept. A target whose values do not vary counts as 0.
    """
    if table["epoch"].nunique() < 3:
        return float("nan")
    ranks = table.groupby("target")[["loss_gap", column]].rank()
    ranks["target"] = table["target"]
    correlations = [part["loss_gap"].corr(part[column]) if part[column].nunique() > 1 and part["loss_gap"].nunique() > 1 else 0.0
                    for _, part in ranks.groupby("target")]
    return float(np.mean(correlations))
