"""BatchNorm statistics of the batch, and nothing else: the control that most of adaptation's credit belongs to."""

from torch import Tensor

from core.calibration.network import Subject
from core.calibration.stream import Batch, Settings
from core.lab.errors import InputError


class BatchStatistics:
    """Predicts with the statistics of the batch; no weight moves."""

    def __init__(self, subject: Subject, settings: Settings) -> None:
        """Check that there is BatchNorm.

        Raises:
            InputError: If there is none.
        """
        if not subject.has_batch_norm:
            raise InputError("batch statistics need a network with BatchNorm, got one without: leave out bn, or choose model=cnn.")

    def predict(self, batch: Batch) -> Tensor:
        """Return the shared logits."""
        return batch.still[0]
