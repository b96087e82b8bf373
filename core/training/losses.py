"""Losses of the training loop.

A loss is a function ``loss(logits, features, labels, epoch) -> scalar`` of float32 logits (B, C), float32 features (B, D),
integer labels (B,) and the epoch from 0. Written with torch.where instead of ``if`` on tensors it also runs for many models in
one batch.
"""

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor

Loss = Callable[[Tensor, Tensor, Tensor, int], Tensor]


def cross_entropy(label_smoothing: float = 0.0) -> Loss:
    """Return mean cross-entropy against (1 - s) on the label plus s / C on every class."""

    def loss(logits: Tensor, features: Tensor, labels: Tensor, epoch: int) -> Tensor:
        return F.cross_entropy(logits, labels, label_smoothing=label_smoothing)

    return loss
