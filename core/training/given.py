"""A trained network that somebody brings, opened so that a room can go on with it as with one of its own: ``model=weights:PATH``."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from core.data.dataset import ImageDataset
from core.lab.config import Config
from core.lab.errors import InputError
from core.subjects.asked import image_shape
from core.subjects.given import is_given
from core.subjects.models import open_model
from core.subjects.told import HARDLY, chosen_scale
from core.training.config import TrainingConfig
from core.training.evaluate import predict_many
from core.training.kept import Kept
from core.training.workbench import State

C = TypeVar("C", bound=Config)
TRIED = 1000


@dataclass(frozen=True, eq=False)
class GivenNetwork:
    """A network with weights.

    Attributes:
        architecture: Its name for ``core.models.registry.build``; it takes the house's pixels.
        width: Its width.
        state: Weights and buffers by name, float32, on the CPU.
        words: What it is, in words.
        accuracy: Share of some test images on which it is right.
    """

    architecture: str
    width: int
    state: State
    words: str
    accuracy: float

    def config(self, config: C) -> C:
        """Return a room's settings with this architecture, so that whatever is trained beside it is of the same kind."""
        return config.replace(model=self.architecture, width=self.width)

    def kept(self, x: np.ndarray, *, n_classes: int, epoch: int, device: str = "cpu") -> Kept:
        """Return it as if it had been trained here up to an epoch; how it was trained is not known.

        Args:
            x: Images that it is asked about, uint8 (N, H, W, C); none where no answers are needed.
            n_classes: Number of logits.
            epoch: The epoch.
            device: Where it is asked.
        """
        training = TrainingConfig(model=self.architecture, width=self.width)
        logits = {epoch: predict_many([self.state], x, training, n_classes=n_classes, device=device)[0][0]} if len(x) else {}
        unknown = {name: np.full(1, np.nan) for name in ("train_loss", "train_accuracy", "test_loss", "test_accuracy")}
        return Kept(self.state, self.state, {"epoch": np.array([epoch]), **unknown}, logits)


def given_network(model: str, data: ImageDataset, device: str = "cpu") -> GivenNetwork | None:
    """Return the network that a setting names, or None where it names an architecture.

    Where the pixels that it wants are not those of the house, the scale on which it is right most often becomes its first layer.

    Raises:
        InputError: If the weights are missing, damaged, of no known architecture, or do not know the data.
    """
    if not is_given(model):
        return None
    opened = open_model(model, image_shape(data))
    scale, why = chosen_scale(opened, data, "auto")
    name = opened.architecture if scale == "house" else f"{opened.architecture}@{scale}"
    prefix = "" if scale == "house" else "network."
    state = {f"{prefix}{key}": value.detach().float().cpu() if value.is_floating_point() else value.detach().cpu()
             for key, value in opened.network.state_dict().items()}
    found = GivenNetwork(name, opened.width, state, f"{opened.words}; {why}", 0.0)
    rows = np.linspace(0, len(data.y_test) - 1, min(TRIED, len(data.y_test))).astype(int)
    logits, _ = predict_many([state], data.x_test[rows], TrainingConfig(model=name, width=opened.width), n_classes=len(data.class_names),
                             device=device)
    accuracy, commonest = float((logits[0].argmax(axis=1) == data.y_test[rows]).mean()), np.bincount(data.y_test[rows]).max() / len(rows)
    if accuracy < min(HARDLY * commonest, (1 + commonest) / 2):
        raise InputError(f"a network must know the data, got one that is right on {100 * accuracy:.0f}% of test images, of which the "
                         f"commonest class makes {100 * commonest:.0f}%: check that its classes are numbered as the data's are.")
    return replace(found, accuracy=accuracy)
