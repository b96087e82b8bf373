"""MC dropout on the features before the head: the mean over masks, at the price of the head alone (Gal and Ghahramani 2016).

The network was not trained with dropout; this is the cheap variant that needs nothing from training.
"""

import torch
from torch import Tensor

from core.calibration.network import Subject
from core.calibration.stream import Batch, Settings
from core.lab.seeds import torch_seed

DRAWS, RATE = 10, 0.3


class McDropout:
    """Predicts the logarithm of the mean probability."""

    def __init__(self, subject: Subject, settings: Settings) -> None:
        """Take the head and a generator of its own."""
        self.weight, self.bias = subject.state["head.weight"].float(), subject.state["head.bias"].float()
        self.generator = torch.Generator().manual_seed(torch_seed(settings.seed, "mc dropout"))

    def predict(self, batch: Batch) -> Tensor:
        """Return logits whose softmax is the mean over the masks."""
        features = batch.still[1]
        total = torch.zeros_like(batch.still[0])
        for _ in range(DRAWS):
            mask = (torch.rand(features.shape, generator=self.generator) >= RATE) / (1.0 - RATE)
            total += torch.softmax((features * mask) @ self.weight.T + self.bias, dim=1) / DRAWS
        return total.clamp_min(1e-12).log()
