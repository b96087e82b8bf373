"""COME: entropy of a subjective opinion instead of a softmax, with the opinion's uncertainty held (Zhang et al. 2025, arXiv 2410.10894).

Evidence is exp(logit); belief b_c = evidence_c / S and uncertainty u = C / S with S = C + sum of evidence, so that b and u sum to one.
Logits are first scaled to the length they have without gradient, so that confidence cannot grow by length alone.
"""

import torch
from torch import Tensor

from core.calibration.methods.gradient import Stepping
from core.calibration.stream import Batch


class Come(Stepping):
    """Entropy of the opinion (b_1, ..., b_C, u)."""

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        """Return the mean entropy of the opinions."""
        length = logits.norm(dim=1, keepdim=True)
        held = logits / length.clamp_min(1e-6) * length.detach()
        n_classes = logits.shape[1]
        evidence = held.clamp(max=30.0).exp()  # beyond, float32 sums lose the smaller ones
        total = n_classes + evidence.sum(dim=1, keepdim=True)
        opinion = torch.cat([evidence, torch.full_like(total, n_classes)], dim=1) / total
        return -(opinion * opinion.clamp_min(1e-12).log()).sum(dim=1).mean()
