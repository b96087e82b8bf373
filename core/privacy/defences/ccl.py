"""Convex-concave loss: cross-entropy plus a concave term that keeps the losses of members spread out.

Gradients of cross-entropy die out as an image is learned, so that members crowd at zero loss. The concave term's gradient grows
instead, which keeps the losses of members apart and thus harder to tell from those of strangers. The authors also scale the whole
loss by 0.05; under SGD that acts like a smaller learning rate, and stops short of learning by heart all by itself. With a scale
of 1 only the shape of the loss is compared.

Source: Liu et al. 2024, "Mitigating Privacy Risk in Membership Inference by Convex-Concave Loss".
"""

from typing import Literal

import torch.nn.functional as F
from torch import Tensor

from core.lab.errors import InputError
from core.privacy.defences.defended import train_defended
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.training.losses import Loss

ID = "ccl"
Form = Literal["exponential", "quadratic"]


def convex_concave(concave_share: float, *, form: Form = "exponential", scale: float = 1.0) -> Loss:
    """Return ``scale * mean(a * CE - (1 - a) * g(p))`` with p the probability of the label and 1 - a = ``concave_share``.

    g(p) is exp(p), or p + p^2 / 2, which are the first terms of its series.

    Raises:
        InputError: If ``concave_share`` is outside [0, 1] or ``scale`` is not positive.
    """
    if not 0.0 <= concave_share <= 1.0:
        raise InputError(f"the concave share of CCL must lie in [0, 1], got {concave_share:g}: 0.5 is usual.")
    if scale <= 0:
        raise InputError(f"the scale of CCL must be positive, got {scale:g}: the authors use 0.05 at a learning rate of 0.1.")

    def loss(logits: Tensor, features: Tensor, labels: Tensor, epoch: int) -> Tensor:
        log_p = F.log_softmax(logits, dim=-1).gather(-1, labels[..., None])[..., 0]
        p = log_p.exp()
        concave = p.exp() if form == "exponential" else p + 0.5 * p.square()
        return scale * (-(1.0 - concave_share) * log_p - concave_share * concave).mean()

    return loss


def train(job: DefenceJob) -> DefendedModels:
    """Return models trained with CCL; the strength is the share of the concave term."""
    form, scale = job.config.ccl_form, job.config.ccl_scale
    loss = convex_concave(job.strength, form=form, scale=scale)
    return DefendedModels(train_defended(job, ID, {"form": form, "scale": scale}, loss=loss), job.training)
