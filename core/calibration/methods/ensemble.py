"""An ensemble: networks that differ by their random streams, their probabilities averaged (Lakshminarayanan et al. 2017)."""

import torch
from torch import Tensor

from core.calibration.network import Subject
from core.calibration.stream import Batch, Settings


class Ensemble:
    """Predicts the logarithm of the mean probability, each network by batch statistics."""

    def __init__(self, subject: Subject, settings: Settings) -> None:
        """Build the further networks."""
        self.subject = subject
        self.further = [subject.network(state, batch_statistics=True) for state in subject.further]

    @torch.no_grad()
    def predict(self, batch: Batch) -> Tensor:
        """Return logits whose softmax is the mean over the networks."""
        said = [batch.still[0], *(self.subject.forward(network, batch.images)[0] for network in self.further)]
        return torch.stack([torch.softmax(logits, dim=1) for logits in said]).mean(dim=0).clamp_min(1e-12).log()
