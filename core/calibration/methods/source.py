"""The network as it was trained."""

from torch import Tensor

from core.calibration.network import Subject
from core.calibration.stream import Batch, Settings


class Source:
    """Predicts with the statistics of training; nothing adapts."""

    def __init__(self, subject: Subject, settings: Settings) -> None:
        """Keep nothing: the pass is shared."""

    def predict(self, batch: Batch) -> Tensor:
        """Return the shared logits."""
        return batch.source[0]
