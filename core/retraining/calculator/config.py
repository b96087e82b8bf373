"""What the calculator is told. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.data.corruptions import CORRUPTION_TITLES, CORRUPTIONS
from core.data.settings import data_knob, takes
from core.data.sources import check_source
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.models.names import check_model

NONE = "none"


def check_new(text: str) -> None:
    """Refuse new data that are neither a corruption nor a data set.

    Raises:
        InputError: If they are not.
    """
    if text not in CORRUPTIONS:
        try:
            check_source(text)
        except InputError:
            raise InputError(f"new must be one of {', '.join(CORRUPTIONS)}, or a data set such as npz:PATH, got {text!r}.") from None


@dataclass(frozen=True, kw_only=True)
class IndexConfig(Config):
    """Old data, new data, a model; or features of both."""

    dataset: Annotated[str, data_knob(
        "What the model was trained on", "fashion-mnist", "digits", "cifar10", "cifar100", "svhn", label="Old data")] = "fashion-mnist"
    new: Annotated[str, Knob(
        "New data", "A corruption of the old data, or npz:PATH with the same classes.", main=True, labels=CORRUPTION_TITLES,
        suggestions=tuple(CORRUPTIONS), check=check_new, takes=takes("images"))] = "blur"
    level: Annotated[int, Knob("Level", "Of the corruption, 1 to 5; own new data have none.", low=1, high=5, main=True)] = 3
    which: Annotated[Literal["half", "full", "robust"], Knob(
        "Model", "Trained on the old data, and kept.",
        labels=MappingProxyType({"half": "Half width", "full": "Full width", "robust": "Full width, trained with noise"}))] = "full"
    weights: Annotated[str, Knob(
        "Your weights", "Path of a safetensors file with weights of this family and width, in place of training one.",
        labels=MappingProxyType({NONE: "None"}), suggestions=(NONE,), takes=takes("weights", template="{upload}"))] = NONE
    features: Annotated[str, Knob(
        "Features", "Path of an npz with the arrays old, y_old, new, y_new (samples x features): takes the place of data and model.",
        labels=MappingProxyType({NONE: "None"}), suggestions=(NONE,), takes=takes("features", template="{upload}"))] = NONE
    model: Annotated[str, Knob("Family", "Architecture.", check=check_model)] = "cnn"
    width: Annotated[int, Knob("Width", "Channels of the first stage of the full model.", low=2, high=512)] = 16
    layer: Annotated[str, Knob(
        "Layer", "Which layer RESQUE reads: the last convolution, or any by name.",
        labels=MappingProxyType({"last": "Last convolution"}), suggestions=("last",))] = "last"
    n_images: Annotated[int, Knob(
        "Images", "Drawn from the old training set, at most.", low=200, high=50_000, unit="images")] = 8000
    n_index: Annotated[int, Knob(
        "Index images", "Old and as many new images that every index is computed from, at most.", low=20, high=5000,
        unit="images")] = 600
    epochs: Annotated[int, Knob("Epochs", "Passes with which the model is trained first.", low=1, high=500)] = 5
    margin: Annotated[int, Knob(
        "Points under clean", "What retraining must reach: clean accuracy less so many points.", low=1, high=20, unit="pt")] = 8
    bins: Annotated[int, Knob("Bins", "Of the histograms that ARM and PreIndex compare.", low=4, high=256)] = 16

    @property
    def is_features(self) -> bool:
        """Whether features were given in place of data and model."""
        return self.features != NONE
