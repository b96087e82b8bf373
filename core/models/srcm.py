"""Saturn Ring Classifier Module (reconstructed: the file that defines it is missing from the authors' repository).

Source: Fang and Kim 2024, "Representation Magnitude has a Liability to Privacy Vulnerability", arXiv 2407.16164. Known from public
code are the interface, the layer before it and the defaults r = 15, d = 5; the ring itself is our reading of the name, of the
abstract and of those numbers.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.models.heads import SrcmHead

SMALLEST_NORM = 1e-12


class Srcm(nn.Module):
    """Maps features (N, D) to logits (N, C) and confined features (N, D)."""

    def __init__(self, in_features: int, n_classes: int, head: SrcmHead) -> None:
        """Build the layers that ``head`` describes."""
        super().__init__()
        self.settings = head
        self.pre_layer = nn.Linear(in_features, in_features) if head.pre_layer else nn.Identity()
        self.classes = nn.Linear(in_features, n_classes, bias=False)

    def forward(self, h: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits and what the ring let through, both float32: bfloat16 cannot resolve a thin ring."""
        confined = confine(self.pre_layer(h).float(), self.settings)
        vectors = self.classes.weight.float()
        if self.settings.class_norm:
            vectors = vectors / vectors.norm(dim=1, keepdim=True).clamp_min(SMALLEST_NORM)
        return F.linear(confined, vectors), confined


def confine(z: Tensor, head: SrcmHead) -> Tensor:
    """Return vectors (..., D) with the direction of ``z`` and a magnitude that the ring allows."""
    magnitude = z.norm(dim=-1, keepdim=True).clamp_min(SMALLEST_NORM)
    low, high = head.bounds
    if head.ring == "none":
        return z
    if head.ring == "soft":
        allowed = (head.radius + head.thickness * torch.tanh((magnitude - head.radius) / head.thickness)).clamp_min(low)
    else:
        allowed = magnitude.clamp(low, high)
    if head.gradient == "straight_through":
        allowed = magnitude + (allowed - magnitude).detach()
    return z / magnitude * allowed
