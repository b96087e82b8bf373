"""RelaxLoss in both published forms: training holds the loss at a level instead of letting it fall to zero.

In even epochs (counted from 1) the loss is ``|L - level|``, which descends above the level and ascends below it. In odd epochs it
is L above the level, and below it the posterior is flattened: every image is pulled towards a soft target that keeps the
probability its label has now and spreads the rest evenly. The original form does so only for images that are classified wrongly
and ascends on the loss of all; the lab's form, which CRL builds on, does so for every image.

Source: Chen, Yu and Fritz 2022, "RelaxLoss" (ICLR) and its public code; the lab's form is that of the public code of CRL.
"""

from collections.abc import Callable
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from core.privacy.defences.defended import train_defended
from core.privacy.defences.loss_levels import level_epochs, loss_levels
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.training.losses import Loss

ID = "relaxloss"
Form = Literal["lab", "original"]


def relaxed_loss(level: float, *, form: Form = "lab", cap: float = 1.0, detach: bool = True) -> Loss:
    """Return RelaxLoss at ``level`` nats.

    Args:
        level: Batch mean of the cross-entropy that is held.
        form: See the module's first lines.
        cap: Largest probability that a soft target gives the label.
        detach: Whether the soft target counts as fixed; the authors of CRL let gradients flow through it.
    """

    def loss(logits: Tensor, features: Tensor, labels: Tensor, epoch: int) -> Tensor:
        mean = F.cross_entropy(logits, labels)
        return relaxed(mean, lambda: _flattened(logits, labels, form, cap, detach), level, epoch)

    return loss


def relaxed(mean: Tensor, flattened: Callable[[], Tensor], level: float, epoch: int) -> Tensor:
    """Return the relaxed value of a batch mean in ``epoch`` (from 0): see the module's first lines."""
    if (epoch + 1) % 2 == 0:
        return (mean - level).abs()
    return torch.where(mean > level, mean, flattened())


def soft_targets(logits: Tensor, labels: Tensor, *, cap: float, detach: bool) -> Tensor:
    """Return (B, C): the label's present probability, at most ``cap``, at the label, and the rest spread evenly."""
    kept = label_probability(logits, labels, cap=cap, detach=detach)[..., None]
    others = (1.0 - kept) / (logits.shape[-1] - 1)
    return torch.where(F.one_hot(labels, logits.shape[-1]).bool(), kept, others)


def label_probability(logits: Tensor, labels: Tensor, *, cap: float, detach: bool) -> Tensor:
    """Return the label's probability (B,), at most ``cap``, as a fixed number or with its gradient."""
    probability = F.softmax(logits, dim=-1).gather(-1, labels[..., None])[..., 0].clamp(max=cap)
    return probability.detach() if detach else probability


def soft_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the cross-entropy of each row against a target distribution, (B,)."""
    return -(targets * F.log_softmax(logits, dim=-1)).sum(dim=-1)


def _flattened(logits: Tensor, labels: Tensor, form: Form, cap: float, detach: bool) -> Tensor:
    soft = soft_cross_entropy(logits, soft_targets(logits, labels, cap=cap, detach=detach))
    if form == "lab":
        return soft.mean()
    is_wrong = (logits.argmax(dim=-1) != labels).float()
    return (is_wrong * soft - F.cross_entropy(logits, labels, reduction="none")).mean()


def train(job: DefenceJob) -> DefendedModels:
    """Return models trained with RelaxLoss; the strength is the level."""
    form, cap = job.config.relax_form, job.config.relax_cap
    models = train_defended(job, ID, {"form": form, "cap": cap}, loss=relaxed_loss(job.strength, form=form, cap=cap),
                            checkpoints=level_epochs(job.training))
    return DefendedModels(models, job.training, evidence={"loss_levels": loss_levels(job.audit, models, job.strength)})
