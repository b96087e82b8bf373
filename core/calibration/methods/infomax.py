"""Information maximisation, as in SHOT without its pseudo-labels (Liang et al. 2020, arXiv 2002.08546)."""

import torch
from torch import Tensor

from core.calibration.methods.gradient import Stepping, entropies
from core.calibration.stream import Batch


class InfoMax(Stepping):
    """Entropy of each prediction, minus the entropy of their mean: sure one by one, spread out together."""

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        """Return mean entropy minus entropy of the mean."""
        mean = torch.softmax(logits, dim=1).mean(dim=0)
        return entropies(logits).mean() + (mean * mean.clamp_min(1e-8).log()).sum()
