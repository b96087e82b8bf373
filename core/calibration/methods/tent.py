"""TENT: the network lowers the entropy of its own predictions (Wang et al. 2021, arXiv 2006.10726)."""

from torch import Tensor

from core.calibration.methods.gradient import Stepping, entropies
from core.calibration.stream import Batch


class Tent(Stepping):
    """Mean entropy over the batch."""

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        """Return the mean entropy."""
        return entropies(logits).mean()
