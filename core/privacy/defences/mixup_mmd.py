"""MixupMMD: train on mixtures of images, and while members are answered better than strangers, pull their answers together.

An epoch of mixup is followed, where accuracy on members exceeds accuracy on reference images by the tolerated gap, by an epoch
that lowers the maximum mean discrepancy between answers to a batch of members and to reference images of the same classes.
The last epoch is mixup alone.

Source: Li, Li and Ribeiro 2021, "Membership Inference Attacks and Defenses in Classification Models"; the schedule as in a public
implementation (MLHospital), whose learning-rate schedule however advances only in epochs with the second phase; ours in every one.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from core.lab.errors import InputError
from core.lab.seeds import torch_seed
from core.privacy.defences.defended import train_defended
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.privacy.defences.reference_data import ReferenceData, reference_data
from core.training.images import to_input
from core.training.loop import EpochPass, Routine, Trainee, evaluate

ID = "mixup_mmd"


def squared_mmd(first: Tensor, second: Tensor, *, bandwidth: float = 1.0) -> Tensor:
    """Return the biased estimate of MMD^2 between rows of (B, C) and (R, C) under exp(-d^2 / (2 bandwidth^2)); at least 0.

    Source:
        Gretton et al. 2012, "A Kernel Two-Sample Test", equation 5.
    """

    def kernel(rows: Tensor, columns: Tensor) -> Tensor:
        distances = (rows[:, None] - columns[None]).square().sum(-1)
        return torch.exp(-distances / (2.0 * bandwidth**2)).mean()

    return kernel(first, first) + kernel(second, second) - 2.0 * kernel(first, second)


def mixed_loss(logits: Tensor, labels: Tensor, partners: Tensor, share: float) -> Tensor:
    """Return cross-entropy of a mixture: ``share`` of it against ``labels``, the rest against ``partners``."""
    return share * F.cross_entropy(logits, labels) + (1.0 - share) * F.cross_entropy(logits, partners)


def mixup_mmd_routine(reference: ReferenceData, weight: float, *, tolerated_gap: float) -> Routine:
    """Return the routine; ``tolerated_gap`` is a difference of accuracies, a fraction.

    Raises:
        InputError: If ``weight`` is negative.
    """
    if weight < 0:
        raise InputError(f"the weight of the discrepancy must be at least 0, got {weight:g}: 3 is usual.")

    def begin(trainee: Trainee) -> EpochPass:
        random = torch.Generator().manual_seed(torch_seed(trainee.seed, ID, "mixtures", trainee.index))

        def train_epoch(epoch: int) -> tuple[float, float]:
            figures = _mixup_epoch(trainee, epoch, random)
            is_last = epoch + 1 == trainee.config.last_epoch
            if weight and not is_last and accuracy_gap(trainee, reference) >= tolerated_gap:
                trainee.bench.train_mode()
                _matching_epoch(trainee, reference, weight, epoch, random)
            return figures

        return train_epoch

    return begin


def _mixup_epoch(trainee: Trainee, epoch: int, random: torch.Generator) -> tuple[float, float]:
    total, correct = 0.0, 0
    for batch, (indices, images) in enumerate(trainee.batches()):
        labels = trainee.pool.labels[indices]
        share = float(torch.rand(1, generator=random))  # Beta(1, 1) is uniform
        partners = torch.randperm(len(indices), generator=random).to(images.device)
        x = to_input(images)
        mixed = (share * x + (1.0 - share) * x[partners]).to(trainee.bench.dtype)
        logits = trainee.bench.working(mixed)[0].float()
        value = mixed_loss(logits, labels, labels[partners], share)
        trainee.update(value, trainee.learning_rate(epoch, batch, trainee.n_batches))
        total += float(value.detach()) * len(indices)
        dominant = labels if share >= 0.5 else labels[partners]
        correct += int((logits.detach().argmax(1) == dominant).sum())
    return total / len(trainee.rows), correct / len(trainee.rows)


def _matching_epoch(trainee: Trainee, reference: ReferenceData, weight: float, epoch: int, random: torch.Generator) -> None:
    for batch, (indices, images) in enumerate(trainee.batches()):
        labels = trainee.pool.labels[indices]
        with torch.no_grad():
            others = trainee.forward(reference.images[reference.matched_to(labels, random)])[0].softmax(1)
        answers = trainee.forward(images)[0].softmax(1)
        trainee.update(weight * squared_mmd(answers, others), trainee.learning_rate(epoch, batch, trainee.n_batches))


def accuracy_gap(trainee: Trainee, reference: ReferenceData) -> float:
    """Return accuracy on the model's own images minus accuracy on reference images, both in evaluation mode."""
    rows = trainee.rows.to(trainee.pool.device)
    own = evaluate(trainee.bench.working, trainee.pool.images[rows], trainee.bench.dtype)[0].argmax(1)
    other = evaluate(trainee.bench.working, reference.images, trainee.bench.dtype)[0].argmax(1)
    return float((own == trainee.pool.labels[rows]).float().mean() - (other == reference.labels).float().mean())


def train(job: DefenceJob) -> DefendedModels:
    """Return models trained with mixup and matching; the strength is the weight of the discrepancy."""
    gap = job.config.mixup_tolerated_gap
    routine = mixup_mmd_routine(reference_data(job.audit, device=job.context.device), job.strength, tolerated_gap=gap)
    return DefendedModels(train_defended(job, ID, {"tolerated_gap": gap}, routine=routine), job.training)
