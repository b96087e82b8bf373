"""Rivals in weight space: half way back to the source (WiSE-FT), and the mean of several adapted networks (a soup).

Scales and shifts are all that moves, so that averages of weights are averages of those.

Source: Wortsman et al. 2022, "Robust fine-tuning of zero-shot models" and "Model soups".
"""

from dataclasses import replace

import torch
from torch import Tensor

from core.calibration.methods.tent import Tent
from core.calibration.network import Subject, norm_weights
from core.calibration.stream import Batch, Settings

RATES = (0.3, 1.0, 3.0)  # of the soup's members, times the learning rate


class _Mean:
    """Predicts with the mean of the weights of some networks that go their own ways."""

    def __init__(self, subject: Subject, settings: Settings, rates: tuple[float, ...], *, with_source: bool) -> None:
        self.subject = subject
        self.members = [Tent(subject, replace(settings, learning_rate=rate * settings.learning_rate)) for rate in rates]
        self.mean = subject.network(batch_statistics=True)
        self.weights = norm_weights(self.mean)
        self.source = [weight.detach().clone() for weight in self.weights] if with_source else None

    @torch.no_grad()
    def _mix(self) -> None:
        for place, weight in enumerate(self.weights):
            found = [member.weights[place] for member in self.members] + ([] if self.source is None else [self.source[place]])
            weight.copy_(torch.stack(found).mean(dim=0))

    def predict(self, batch: Batch) -> Tensor:
        """Return logits of the mean weights, then let every member take its step."""
        self._mix()
        with torch.no_grad():
            logits, _ = self.subject.forward(self.mean, batch.images)
        for member in self.members:
            member.predict(batch)
        return logits


class Wise(_Mean):
    """Half way between TENT and the source."""

    def __init__(self, subject: Subject, settings: Settings) -> None:
        """Let one TENT walk."""
        super().__init__(subject, settings, (1.0,), with_source=True)


class Soup(_Mean):
    """The mean of three TENTs at different rates."""

    def __init__(self, subject: Subject, settings: Settings) -> None:
        """Let three TENTs walk."""
        super().__init__(subject, settings, RATES, with_source=False)
