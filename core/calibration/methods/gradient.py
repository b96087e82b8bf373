"""What methods that step have in common: a network by batch statistics, Adam on scales and shifts, a step after each prediction."""

import torch
from torch import Tensor

from core.calibration.network import Subject, norm_weights
from core.calibration.stream import Batch, Settings


class Stepping:
    """Predicts, then takes one step down ``loss``. Subclasses say which loss."""

    def __init__(self, subject: Subject, settings: Settings) -> None:
        """Copy the network and let its norms learn."""
        self.subject, self.settings = subject, settings
        self.network = subject.network(batch_statistics=True)
        self.weights = norm_weights(self.network)
        self.optimizer = torch.optim.Adam(self.weights, lr=settings.learning_rate)

    def loss(self, logits: Tensor, batch: Batch) -> Tensor | None:
        """Return what to lower, or None where this batch teaches nothing."""
        raise NotImplementedError

    def predict(self, batch: Batch) -> Tensor:
        """Return logits (B, C) from before the step."""
        logits, _ = self.subject.forward(self.network, batch.images)
        loss = self.loss(logits, batch)
        if loss is not None:
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
        return logits


def entropies(logits: Tensor) -> Tensor:
    """Return the entropy of each prediction in nats, (B,)."""
    log = torch.log_softmax(logits, dim=1)
    return -(log.exp() * log).sum(dim=1)
