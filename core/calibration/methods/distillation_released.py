"""Certainty distillation as the released notebook does it, which is not what the paper's rule says (see the card).

All weights move, by SGD at 0.001; the teacher keeps the statistics of its training; the student's running averages follow the stream
and are what it predicts with; the temperature lacks the norm part and runs from 1 to 3; the loss is the binary cross-entropy of the
two softmaxes times the squared mean temperature. The notebook evaluates after the pass; here, as for all methods, before each step.

Source: github.com/FinAminToastCrunch/DynamicEntropyControl, notebook of July 2025, MIT licence.
"""

import torch
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm

from core.calibration.network import Subject
from core.calibration.stream import Batch, Settings
from core.measures.temperature import certainty_temperature

LOW, HIGH, RATE, MOMENTUM = 1.0, 3.0, 1e-3, 0.01  # Keras' momentum of 0.99 is 0.01 in torch


class AsReleased:
    """See the module's docstring."""

    def __init__(self, subject: Subject, settings: Settings) -> None:
        """Copy the network; every weight may move."""
        self.subject, self.settings = subject, settings
        self.network = subject.network(batch_statistics=False).requires_grad_(True)
        self.norms = [module for module in self.network.modules() if isinstance(module, _BatchNorm)]
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=RATE)

    def predict(self, batch: Batch) -> Tensor:
        """Return logits by the running averages so far, then take one step."""
        with torch.no_grad():
            said, _ = self.subject.forward(self.network, batch.images)
        teacher = batch.source[0]
        found = certainty_temperature(teacher.numpy(), self.settings.home, low=LOW, high=HIGH, norm=False)
        hot = torch.from_numpy(found).float()[:, None]
        for norm in self.norms:
            norm.train()
            norm.momentum = MOMENTUM
        student, _ = self.subject.forward(self.network, batch.images)
        loss = hot.mean() ** 2 * torch.nn.functional.binary_cross_entropy(
            torch.softmax(student, dim=1).clamp(1e-7, 1 - 1e-7), torch.softmax(teacher / hot, dim=1))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.network.eval()
        return said
