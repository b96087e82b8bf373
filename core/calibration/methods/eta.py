"""ETA: TENT on images that are reliable and not like those before (Niu et al. 2022, arXiv 2204.02610); with a Fisher term it is EATA.

Reliable: entropy below 0.4 times the largest. Not redundant: the cosine between the prediction and a running mean of predictions that
taught something is small. The surer of the chosen images weigh more. Both constants are the paper's.
"""

import math

import torch
from torch import Tensor

from core.calibration.methods.gradient import Stepping, entropies
from core.calibration.network import Subject
from core.calibration.stream import Batch, Settings

RELIABLE, REDUNDANT, KEPT = 0.4, 0.05, 0.9
FISHER_BATCH = 64


class Eta(Stepping):
    """See the module's docstring."""

    def __init__(self, subject: Subject, settings: Settings) -> None:
        """Begin without a mean prediction; measure what home needs where the Fisher term is asked for."""
        super().__init__(subject, settings)
        self.mean: Tensor | None = None
        self.anchors = [weight.detach().clone() for weight in self.weights]
        self.importance = self._fisher() if settings.fisher > 0 else None

    def loss(self, logits: Tensor, batch: Batch) -> Tensor | None:
        """Return the weighted entropy of the images that teach, and the pull towards the source."""
        found = entropies(logits)
        limit = RELIABLE * math.log(logits.shape[1])
        chosen = found.detach() < limit
        p = torch.softmax(logits.detach(), dim=1)
        if self.mean is not None:
            chosen &= torch.cosine_similarity(self.mean[None], p, dim=1).abs() < 1.0 - REDUNDANT
        if not chosen.any():
            return None
        mean = p[chosen].mean(dim=0)
        self.mean = mean if self.mean is None else KEPT * self.mean + (1.0 - KEPT) * mean
        weight = torch.exp(limit - found.detach()[chosen])
        return (weight * found[chosen]).mean() + self._pull()

    def _pull(self) -> Tensor | float:
        if self.importance is None:
            return 0.0
        parts = [(importance * (weight - anchor).square()).sum()
                 for importance, weight, anchor in zip(self.importance, self.weights, self.anchors, strict=True)]
        return self.settings.fisher * torch.stack(parts).sum()

    def _fisher(self) -> list[Tensor]:
        """Return the mean squared gradient of each weight on home's images, labelled by the network itself."""
        sums = [torch.zeros_like(weight) for weight in self.weights]
        parts = [part for part in self.settings.home_images.split(FISHER_BATCH) if len(part) > 1]
        for part in parts:
            logits, _ = self.subject.forward(self.network, part)
            loss = torch.nn.functional.cross_entropy(logits, logits.detach().argmax(dim=1))
            for total, gradient in zip(sums, torch.autograd.grad(loss, self.weights), strict=True):
                total += gradient.square() / len(parts)
        return sums
