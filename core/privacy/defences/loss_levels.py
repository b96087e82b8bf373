"""The loss after every epoch on members and non-members, which shows whether training holds its level and the gap stays closed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.measures.roc import auc_many
from core.privacy.audited_models import AuditData, AuditedModel
from core.privacy.defences.evidence import evidence_table
from core.privacy.signals import loss_per_sample
from core.training.config import TrainingConfig


def level_epochs(training: TrainingConfig) -> tuple[int, ...]:
    """Return the epochs (from 1) to keep: powers of two, and the last two, in which odd and even epochs can be told apart."""
    last = training.last_epoch
    powers = {2**power for power in range(last.bit_length()) if 2**power <= last}
    return tuple(sorted(powers | {max(last - 1, 1), last}))


def loss_levels(audit: AuditData, models: Sequence[AuditedModel], level: float) -> pd.DataFrame:
    """Return one row per kept epoch: cross-entropy on members and non-members, accuracy on members, AUC of the loss.

    Means over models; ``level`` is repeated.
    """
    y, members = audit.pool[1], audit.members
    rows = []
    for epoch in sorted(models[0].checkpoint_logits):
        logits = np.stack([model.checkpoint_logits[epoch] for model in models])
        losses = np.stack([loss_per_sample(one[:, None], y)[:, 0] for one in logits])
        correct = logits.argmax(axis=-1) == y
        rows.append((epoch, losses[members].mean(), losses[~members].mean(), correct[members].mean(),
                     auc_many(-losses, members).mean()))
    columns = ("epoch", "member_loss", "non_member_loss", "member_accuracy", "auc")
    return evidence_table("loss_levels", dict(zip(columns, zip(*rows, strict=True), strict=True)) | {"level": level})
