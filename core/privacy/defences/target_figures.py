"""Accuracy, loss and leakage of a few targets, without references: the figures that sweeps and scans compare."""

from collections.abc import Sequence

import numpy as np

from core.lab.experiment import Context
from core.measures.roc import auc
from core.privacy.audited_models import AuditData, AuditedModel
from core.privacy.signals import loss_per_sample
from core.training.config import TrainingConfig
from core.training.evaluate import predict_many


def target_figures(
    audit: AuditData, models: Sequence[AuditedModel], training: TrainingConfig, context: Context, *, held_out: bool = False
) -> dict[str, np.ndarray]:
    """Return one number per target: train_accuracy, test_accuracy, train_loss, test_loss, auc_loss.

    Args:
        audit: Images and memberships; row k of the table belongs to model k.
        models: The targets.
        training: How to rebuild their network.
        context: Device and processes.
        held_out: Whether "test" and non-members are ``audit.reference``, for choices that the audit must not see; otherwise test
            images and the pool's non-members.
    """
    x, y = audit.pool
    x_other, y_other = audit.reference if held_out else audit.test
    logits, _ = predict_many([model.state for model in models], np.concatenate([x, x_other]), training, n_classes=audit.n_classes,
                             device=context.device, processes=context.threads)
    labels = np.concatenate([y, y_other])
    losses = np.stack([loss_per_sample(one[:, None], labels)[:, 0] for one in logits])
    right = logits.argmax(axis=-1) == labels
    rows: dict[str, list[float]] = {name: [] for name in ("train_accuracy", "test_accuracy", "train_loss", "test_loss", "auc_loss")}
    for loss, hit, members in zip(losses, right, audit.members, strict=True):
        inside, others = loss[:len(y)][members], loss[len(y):]
        strangers = others if held_out else loss[:len(y)][~members]
        scores = -np.concatenate([inside, strangers])
        values = (hit[:len(y)][members].mean(), hit[len(y):].mean(), inside.mean(), others.mean(),
                  auc(scores, np.arange(scores.size) < inside.size))
        for name, value in zip(rows, values, strict=True):
            rows[name].append(float(value))
    return {name: np.array(values) for name, values in rows.items()}
