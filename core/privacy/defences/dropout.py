"""Dropout before the last layer: in training a random share of the penultimate features is silenced in every step."""

import torch.nn.functional as F
from torch import Tensor, nn

from core.lab.errors import InputError
from core.privacy.defences.defended import train_defended
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.training.loop import EpochPass, Routine, Trainee, plain_routine
from core.training.losses import cross_entropy

ID = "dropout"


def drop_before_head(network: nn.Module, share: float) -> None:
    """Make ``network.head`` silence a random ``share`` of its inputs in training mode; the features returned stay whole."""

    def silence(head: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return (F.dropout(inputs[0], share, head.training), *inputs[1:])

    network.head.register_forward_pre_hook(silence)


def dropout_routine(share: float) -> Routine:
    """Return plain training with dropout on the penultimate features.

    Raises:
        InputError: If ``share`` is outside [0, 1).
    """
    if not 0.0 <= share < 1.0:
        raise InputError(f"dropout must lie in [0, 1), got {share:g}: 0.5 is usual.")

    def begin(trainee: Trainee) -> EpochPass:
        drop_before_head(trainee.bench.working, share)
        return plain_routine(cross_entropy(trainee.config.label_smoothing))(trainee)

    return begin


def train(job: DefenceJob) -> DefendedModels:
    """Return models trained with dropout; the strength is the share of features silenced."""
    return DefendedModels(train_defended(job, ID, {}, routine=dropout_routine(job.strength)), job.training)
