"""Center-based relaxed learning: a relaxed loss on squashed logits plus a relaxed distance of squashed features to class centres.

The centres are learned beside the network on the same backward pass, by an SGD of their own at a constant rate, and dropped
afterwards. Confidences come from the logits as they are, cross-entropies from the squashed ones.

Source: Fang and Kim 2024, "Center-Based Relaxed Learning Against Membership Inference Attacks" (UAI), as in its public code. The
authors' values of the settings are not public; the defaults here are ours.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from core.lab.seeds import torch_seed
from core.privacy.defences.crl_limits import check_reachable
from core.privacy.defences.defended import train_defended
from core.privacy.defences.loss_levels import level_epochs, loss_levels
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.privacy.defences.relaxloss import label_probability, relaxed, soft_cross_entropy, soft_targets
from core.training.loop import EpochPass, Routine, Trainee
from core.training.losses import Loss

ID = "crl"
CENTRE_MOMENTUM, CENTRE_WEIGHT_DECAY = 0.9, 5e-4
TINY = 1e-7


@dataclass(frozen=True)
class CrlSettings:
    """Settings of CRL, in the authors' words: alpha, upper, t, alpha_cl, upper_cl, t_cl, lambda, lr_c.

    Raises:
        InputError: If no logits could reach the level, see ``crl_limits``.
    """

    n_classes: int
    level: float
    cap: float = 1.0
    temperature: float = 0.05
    centre_level: float = 0.05
    centre_cap: float = 1.0
    centre_temperature: float = 0.1
    centre_weight: float = 0.1
    centre_learning_rate: float = 0.5
    detach: bool = True

    def __post_init__(self) -> None:
        """Refuse a level that squashed logits cannot reach: relaxing would never set in."""
        check_reachable(self.level, n_classes=self.n_classes, temperature=self.temperature)


def squash(vectors: Tensor, temperature: float) -> Tensor:
    """Return ``v / (1 + t (|v| + 1e-7))``: vectors (..., D) mapped into the ball of radius 1 / t; t = 0 changes nothing."""
    return vectors / (1.0 + temperature * (vectors.norm(dim=-1, keepdim=True) + TINY))


def improved_relaxed_loss(settings: CrlSettings) -> Loss:
    """Return the relaxed loss on squashed logits (ImpRelaxLoss)."""

    def loss(logits: Tensor, features: Tensor, labels: Tensor, epoch: int) -> Tensor:
        squashed = squash(logits, settings.temperature)

        def flattened() -> Tensor:
            targets = soft_targets(logits, labels, cap=settings.cap, detach=settings.detach)
            return soft_cross_entropy(squashed, targets).mean()

        return relaxed(F.cross_entropy(squashed, labels), flattened, settings.level, epoch)

    return loss


def relaxed_centre_loss(
    logits: Tensor, features: Tensor, labels: Tensor, epoch: int, centres: Tensor, settings: CrlSettings
) -> Tensor:
    """Return half the mean squared distance of squashed features to their squashed class centres (C, D), relaxed."""
    squashed = squash(features, settings.centre_temperature)
    distances = (squashed - squash(centres, settings.centre_temperature)[labels]).square().sum(dim=-1)

    def flattened() -> Tensor:
        kept = label_probability(logits, labels, cap=settings.centre_cap, detach=settings.detach)
        return (kept * distances + (1.0 - kept) * squashed.square().sum(dim=-1)).mean() / 2

    return relaxed(distances.mean() / 2, flattened, settings.centre_level, epoch)


def crl_routine(settings: CrlSettings) -> Routine:
    """Return training with CRL."""
    relaxing = improved_relaxed_loss(settings)

    def begin(trainee: Trainee) -> EpochPass:
        centres = _first_centres(trainee, settings)
        optimizer = torch.optim.SGD([centres], lr=settings.centre_learning_rate, momentum=CENTRE_MOMENTUM,
                                    weight_decay=CENTRE_WEIGHT_DECAY)

        def train_epoch(epoch: int) -> tuple[float, float]:
            total, correct = 0.0, 0
            for batch, (indices, images) in enumerate(trainee.batches()):
                labels = trainee.pool.labels[indices]
                logits, features = trainee.forward(images)
                value = relaxing(logits, features, labels, epoch)
                if settings.centre_weight:
                    value = value + settings.centre_weight * relaxed_centre_loss(logits, features, labels, epoch, centres, settings)
                optimizer.zero_grad()
                trainee.update(value, trainee.learning_rate(epoch, batch, trainee.n_batches))
                optimizer.step()
                total += value.item() * len(indices)
                correct += int((logits.detach().argmax(1) == labels).sum())
            return total / len(trainee.rows), correct / len(trainee.rows)

        return train_epoch

    return begin


def _first_centres(trainee: Trainee, settings: CrlSettings) -> Tensor:
    with torch.no_grad():
        trainee.bench.working.eval()  # looking at the width must not move running averages
        width = trainee.forward(trainee.pool.images[:1])[1].shape[1]
    generator = torch.Generator().manual_seed(torch_seed(trainee.seed, "class centres", trainee.index))
    return torch.randn(settings.n_classes, width, generator=generator).to(trainee.pool.device).requires_grad_()


def train(job: DefenceJob) -> DefendedModels:
    """Return models trained with CRL; the strength is the loss level.

    Raises:
        InputError: If the level cannot be reached.
    """
    config = job.config
    options = {"cap": config.relax_cap, "temperature": config.crl_temperature, "centre_level": config.crl_centre_level,
               "centre_cap": config.crl_centre_cap, "centre_temperature": config.crl_centre_temperature,
               "centre_weight": config.crl_centre_weight, "centre_learning_rate": config.crl_centre_learning_rate,
               "detach": config.crl_detach}
    settings = CrlSettings(job.audit.n_classes, job.strength, *options.values())
    models = train_defended(job, ID, options, routine=crl_routine(settings), checkpoints=level_epochs(job.training))
    return DefendedModels(models, job.training, evidence={"loss_levels": loss_levels(job.audit, models, job.strength)})
