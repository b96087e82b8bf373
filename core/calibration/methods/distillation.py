"""Certainty distillation: a student learns from the frozen network, softened by a temperature (Amin and Kim, arXiv 2404.16168).

As the card reads the paper: the teacher is the frozen network with batch statistics, the student starts as its copy, scales and shifts
move, and each image's soft target has a temperature of its own, from its entropy and logit norm. The ablation gives all images one.
"""

import torch
from torch import Tensor

from core.calibration.methods.gradient import Stepping
from core.calibration.stream import Batch
from core.measures.temperature import certainty_temperature


class PerSample(Stepping):
    """Each image has its own temperature."""

    def temperature(self, teacher: Tensor) -> Tensor:
        """Return temperatures (B, 1)."""
        found = certainty_temperature(teacher.numpy(), self.settings.home, low=self.settings.low, high=self.settings.high)
        return torch.from_numpy(found).float()[:, None]

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        """Return the cross-entropy against the softened teacher."""
        teacher = batch.still[0]
        target = torch.softmax(teacher / self.temperature(teacher), dim=1)
        return -(target * torch.log_softmax(logits, dim=1)).sum(dim=1).mean()


class OneTemperature(PerSample):
    """All images of the stream have the mean of what the rule gives them: what is left of the rule without its per-sample part."""

    def temperature(self, teacher: Tensor) -> Tensor:
        """Return the stream's temperature for every image."""
        return torch.full((len(teacher), 1), self.settings.temperature)
