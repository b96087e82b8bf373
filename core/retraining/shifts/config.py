"""What may be set in the study of shifted data. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.data.corruptions import CORRUPTIONS
from core.data.settings import data_knob, takes
from core.data.sources import check_source
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.models.names import check_model

MARGINS = (3, 5, 8, 12)  # points under clean accuracy at which targets are tabulated
TEN = (("gaussian", 1), ("gaussian", 2), ("gaussian", 3), ("gaussian", 4), ("salt_and_pepper", 1), ("salt_and_pepper", 2),
       ("salt_and_pepper", 3), ("blur", 3), ("blur", 4), ("blur", 5))
ALL = tuple((name, level) for name in CORRUPTIONS for level in (1, 2, 3, 4, 5))
NOISY_UP_TO = 3  # the robust sibling sees Gaussian noise of levels 0 to 3 while it is trained


def check_new(text: str) -> None:
    """Refuse new data that are neither corruptions nor a data set.

    Raises:
        InputError: If they are not.
    """
    if text != "corruptions":
        try:
            check_source(text)
        except InputError as error:
            raise InputError(f"new must be corruptions or a data set: {error}") from None


@dataclass(frozen=True, kw_only=True)
class RetrainingConfig(Config):
    """Everything that may change the numbers of the study of shifted data."""

    dataset: Annotated[str, data_knob(
        "What the model was trained on", "fashion-mnist", "digits", "cifar10", "cifar100", "svhn", label="Old data")] = "fashion-mnist"
    new: Annotated[str, Knob(
        "New data", "Corruptions of the old data, or a data set with the same classes, which joins them.", main=True,
        labels=MappingProxyType({"corruptions": "Corruptions alone"}), suggestions=("corruptions",), check=check_new,
        takes=takes("images"))] = "corruptions"
    shifts: Annotated[Literal["ten", "all"], Knob(
        "Shifts", "Ten shifts of three kinds, or all nine kinds at five levels.",
        labels=MappingProxyType({"ten": "Ten", "all": "All 45"}))] = "ten"
    models: Annotated[Literal["three", "four"], Knob(
        "Models", "Half width, full width and one trained with noise; the fourth is a multilayer perceptron.",
        labels=MappingProxyType({"three": "Three", "four": "Four"}))] = "three"
    model: Annotated[str, Knob("Family", "Architecture of the first three models.", check=check_model)] = "cnn"
    width: Annotated[int, Knob("Width", "Channels of the first stage of the wider models.", low=2, high=512)] = 16
    n_images: Annotated[int, Knob(
        "Images", "Drawn from the old training set: half for the models alone, three tenths for retraining, the rest for both.",
        low=200, high=50_000, unit="images")] = 8000
    n_test: Annotated[int, Knob("Test images", "Read at every point of a curve.", low=50, high=10_000, unit="images")] = 800
    n_index: Annotated[int, Knob(
        "Index images", "Old and as many new images that every index is computed from.", low=20, high=5000, unit="images")] = 600
    epochs: Annotated[int, Knob("Epochs", "Passes with which the models are trained first.", low=1, high=500)] = 5
    cap: Annotated[int, Knob("Cap", "Images after which retraining ends.", low=64, high=65_536, unit="images")] = 4096
    margin: Annotated[int, Knob(
        "Points under clean", "Retraining must reach clean accuracy less so many points.", low=1, high=40, unit="pt", main=True)] = 8
    layer: Annotated[str, Knob(
        "Layer", "Which layer RESQUE reads: the last convolution, or any by name.",
        labels=MappingProxyType({"last": "Last convolution"}), suggestions=("last",))] = "last"
    bins: Annotated[int, Knob("Bins", "Of the histograms that ARM and PreIndex compare.", low=4, high=256)] = 16
    learning_rate: Annotated[float, Knob("Retraining rate", "Learning rate of Adam in retraining.", low=1e-5, high=0.1)] = 1e-3
    batch_size: Annotated[int, Knob("Retraining batch", "Images per step of retraining.", low=2, high=1024)] = 32

    def check(self) -> None:
        """Refuse index images that retraining does not have."""
        if self.n_index > 3 * self.n_images // 10:
            raise InputError(f"n_index must be at most three tenths of n_images = {self.n_images}, got {self.n_index}: lower it.")

    @property
    def grid(self) -> tuple[tuple[str, int], ...]:
        """The shifts as kind and level."""
        return TEN if self.shifts == "ten" else ALL
