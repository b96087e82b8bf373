"""Losses that may remember every training sample.

An objective is begun once per model and then called as ``objective(logits, labels, indices) -> scalar`` with float32 logits (B, C),
integer labels (B,) and the samples' rows in the training set (B,).
"""

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor

Objective = Callable[[Tensor, Tensor, Tensor], Tensor]
StartObjective = Callable[[int, int, str], Objective]
"""Takes the number of training samples, of classes, and the device."""


def plain(label_smoothing: float = 0.0) -> StartObjective:
    """Return mean cross-entropy against (1 - s) on the label plus s / C on every class; it remembers nothing."""

    def begin(n_samples: int, n_classes: int, device: str) -> Objective:
        return lambda logits, labels, indices: F.cross_entropy(logits, labels, label_smoothing=label_smoothing)

    return begin
