"""The settings of rooms that judge what somebody brings as it is: a file of outputs, or a trained model and its data. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.data.settings import takes
from core.data.sources import check_source
from core.lab.config import Config, Knob
from core.subjects.models import NONE, check_model_source

Scale = Literal["auto", "house", "one", "two", "imagenet", "bytes"]
SCALE_WORDS = MappingProxyType({
    "auto": "Tried out", "house": "As the house does", "one": "From 0 to 1", "two": "From -1 to 1",
    "imagenet": "ImageNet's mean and spread", "bytes": "From 0 to 255"})


@dataclass(frozen=True, kw_only=True)
class SubjectConfig(Config):
    """A trained model in place of a file of outputs; rooms add the file."""

    model: Annotated[str, Knob(
        "Trained model", "Asked about the data below in place of a file of outputs: onnx:PATH, weights:PATH (safetensors), or "
        "transformers:FOLDER of a classifier with its own head.",
        labels=MappingProxyType({NONE: "None: a file of outputs"}), suggestions=(NONE,), check=check_model_source,
        takes=takes("model"))] = NONE
    dataset: Annotated[str, Knob(
        "Its data", "The training part must be what it was trained on: a known set, npz:PATH, folder:PATH; csv:PATH for a model of texts.",
        check=check_source, takes=takes("images"))] = "fashion-mnist"
    scale: Annotated[Scale, Knob(
        "Pixels", "How its pixels are scaled; tried out takes the scale on which it is right most often.", labels=SCALE_WORDS)] = "auto"
    n_rows: Annotated[int, Knob(
        "Images asked", "Most images of each part that it is asked about.", low=100, high=100_000, unit="images")] = 5000

    @property
    def has_model(self) -> bool:
        """Whether a model is asked, not a file read."""
        return self.model != NONE

    def idle(self) -> frozenset[str]:
        """Return what does nothing: what belongs to a model where there is a file, and the other way round."""
        return super().idle() | (frozenset({"outputs"}) if self.has_model else frozenset({"dataset", "scale", "n_rows"}))
