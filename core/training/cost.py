"""What training a network takes, for all rooms: seconds of the reference machine of ``core.lab.work``. Imports no torch."""

from types import MappingProxyType

from core.lab.work import REFERENCE
from core.subjects.given import guessed, is_given

COSTS = MappingProxyType({"cnn": 1.0, "cnn_groupnorm": 1.3, "patch_transformer": 4.0, "mlp": 0.15, "lenet5": 0.63, "resnet20": 12.0,
                          "resnet18": 160.0})
"""Of an image trained on at width 16 in batches of 64; what is not named costs as much as the largest."""
MEASURED_WIDTH = 16


def training_seconds(model: str, width: int, images: float) -> float:
    """Return how long networks trained side by side on every core take for so many images in all."""
    if is_given(model):
        model, width = guessed(model)
    scale = (width / MEASURED_WIDTH) ** 1.5 if model not in ("mlp", "lenet5") else 1.0
    return COSTS.get(model, max(COSTS.values())) * scale * images / REFERENCE.all
