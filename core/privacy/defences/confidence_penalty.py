"""Confidence penalty: cross-entropy minus a multiple of the answer's entropy."""

import torch.nn.functional as F
from torch import Tensor

from core.lab.errors import InputError
from core.privacy.defences.defended import train_defended
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.training.losses import Loss

ID = "confidence_penalty"


def mean_entropy(logits: Tensor) -> Tensor:
    """Return the mean Shannon entropy of softmax(logits), nats, over all rows of (..., C)."""
    log_probs = F.log_softmax(logits, dim=-1)
    return -(log_probs.exp() * log_probs).sum(dim=-1).mean()


def penalised_cross_entropy(weight: float) -> Loss:
    """Return mean cross-entropy - ``weight`` * mean entropy of the answers.

    Raises:
        InputError: If ``weight`` is negative.

    Source:
        Pereyra et al. 2017, "Regularizing Neural Networks by Penalizing Confident Output Distributions".
    """
    if weight < 0:
        raise InputError(f"the weight of the confidence penalty must be at least 0, got {weight:g}: 0.1 is usual.")

    def loss(logits: Tensor, features: Tensor, labels: Tensor, epoch: int) -> Tensor:
        return F.cross_entropy(logits, labels) - weight * mean_entropy(logits)

    return loss


def train(job: DefenceJob) -> DefendedModels:
    """Return models trained with the penalty; the strength is its weight."""
    return DefendedModels(train_defended(job, ID, {}, loss=penalised_cross_entropy(job.strength)), job.training)
