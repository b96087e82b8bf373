"""Everything that may change the numbers of the room. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.calibration.catalogue import LITE_METHODS, METHODS
from core.data.corruptions import CORRUPTIONS
from core.data.settings import data_knob
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.models.names import PATCH_TRANSFORMER, check_model
from core.training.settings import BatchSize, Epochs, LearningRate

MODELS = MappingProxyType({"cnn": "Small CNN, BatchNorm", "cnn_groupnorm": "Small CNN, GroupNorm",
                           "patch_transformer": "Patch transformer, LayerNorm", "resnet20": "ResNet-20",
                           "resnet18": "ResNet-18"})
SIX = "gaussian+salt_and_pepper+blur+contrast+pixelate+brightness"


def listed(text: str, known: tuple[str, ...], what: str) -> tuple[str, ...]:
    """Return the names that ``text`` lists, joined by ``+``, each once.

    Raises:
        InputError: If one is unknown or there twice.
    """
    names = tuple(part.strip() for part in text.split("+"))
    unknown = [name for name in names if name not in known]
    if unknown or len(set(names)) < len(names):
        raise InputError(f"{what} must list each of some of {', '.join(known)} once, joined by +, got {text[:80]!r}.")
    return names


def check_methods(text: str) -> None:
    """Refuse what lists no methods, or not the two that all others are compared with.

    Raises:
        InputError: One sentence.
    """
    if "source" not in listed(text, tuple(METHODS), "methods"):
        raise InputError(f"methods must hold source, which all others are compared with, got {text[:80]!r}: add source+.")


def check_network(name: str) -> None:
    """Refuse what is neither a model of the house nor the patch transformer.

    Raises:
        InputError: One sentence.
    """
    if name != PATCH_TRANSFORMER:
        check_model(name)


def check_corruptions(text: str) -> None:
    """Refuse what lists no corruptions.

    Raises:
        InputError: One sentence.
    """
    listed(text, tuple(CORRUPTIONS), "corruptions")


def check_levels(text: str) -> None:
    """Refuse what lists no levels.

    Raises:
        InputError: One sentence.
    """
    listed(text, ("1", "2", "3", "4", "5"), "levels")


@dataclass(frozen=True, kw_only=True)
class CalibrationConfig(Config):
    """What is trained, how the data drifts, and which methods meet it."""

    dataset: Annotated[str, data_knob(
        "Images to train on", "fashion-mnist", "digits", "cifar10", "cifar100", "svhn")] = "fashion-mnist"
    shift: Annotated[Literal["corruptions", "optical_digits", "test_set"], Knob(
        "Shift", "Corrupted test images; for handwritten digits, digits of other writers on another scanner; or the test images of your "
        "own data as they are, which come from elsewhere.", main=True,
        labels=MappingProxyType({"corruptions": "Corruptions", "optical_digits": "Optical digits (for digits)",
                                 "test_set": "The data's own test set"}))] = "corruptions"
    methods: Annotated[str, Knob(
        "Methods", f"Joined by +, of {', '.join(METHODS)}.", main=True, check=check_methods,
        suggestions=("+".join(LITE_METHODS), "+".join(METHODS)),
        labels=MappingProxyType({"+".join(LITE_METHODS): f"{len(LITE_METHODS)} methods, T3A and TENT among them",
                                 "+".join(METHODS): f"all {len(METHODS)} methods"}))] = "+".join(LITE_METHODS)
    corruptions: Annotated[str, Knob(
        "Corruptions", f"Joined by +, of {', '.join(CORRUPTIONS)}.", check=check_corruptions)] = SIX
    levels: Annotated[str, Knob(
        "Levels", "1 (mild) to 5 (worst), joined by +; headline numbers are taken at the last, growth between first and last.",
        check=check_levels)] = "3+5"
    n_train: Annotated[int, Knob("Training images", "That the network learns from.", low=200, high=200_000, unit="images")] = 18_000
    n_home: Annotated[int, Knob(
        "Images at home", "Unshifted, unseen in training: temperatures and conformal sets are fitted on them.", low=100, high=50_000,
        unit="images")] = 2000
    n_stream: Annotated[int, Knob("Stream", "Test images of each stream.", low=64, high=50_000, unit="images")] = 2048
    stream_batch: Annotated[int, Knob(
        "Batch of the stream", "Images that arrive together; batch statistics need some.", low=1, high=200, unit="images")] = 64
    order: Annotated[Literal["shuffled", "sorted"], Knob(
        "Order", "Shuffled, or one class after the other.",
        labels=MappingProxyType({"shuffled": "Shuffled", "sorted": "Sorted by class"}))] = "shuffled"
    passes: Annotated[int, Knob("Passes", "How often each stream comes; the last pass is judged.", low=1, high=20)] = 1
    course_passes: Annotated[int, Knob(
        "Passes of the time course", "Over half a stream of the first corruption; 0 leaves it out.", low=0, high=50)] = 6
    home_again: Annotated[bool, Knob(
        "Return home", "Also stream all corruptions without a reset, then clean images.")] = True
    adapt_rate: Annotated[float, Knob("Adaptation rate", "Of Adam on scales and shifts.", low=1e-5, high=1.0)] = 3e-3
    coldest: Annotated[float, Knob("Coldest", "Temperature of the certainty rule for sure images.", low=0.1, high=10.0)] = 1.0
    hottest: Annotated[float, Knob("Hottest", "Temperature of the certainty rule for unsure images.", low=0.1, high=20.0)] = 2.0
    fisher: Annotated[float, Knob("Fisher weight", "Of EATA's pull towards the source; 0 is ETA.", low=0.0, high=1e6)] = 0.0
    model: Annotated[str, Knob(
        "Model", "The network; torchvision:NAME takes one of torchvision's. The patch transformer learns by Adam.", labels=MODELS,
        suggestions=tuple(MODELS), check=check_network)] = "cnn"
    width: Annotated[int, Knob("Width", "Channels of the first block.", low=4, high=128, unit="channels")] = 16
    epochs: Epochs = 6
    batch_size: BatchSize = 64
    learning_rate: LearningRate = 0.05
    weight_decay: Annotated[float, Knob("Weight decay", "Pull of every weight towards zero.", low=0.0, high=0.1)] = 5e-4
    augmentation: Annotated[Literal["none", "pad_crop_flip"], Knob(
        "Augmentation", "Random change of each image in training.",
        labels=MappingProxyType({"none": "None", "pad_crop_flip": "Pad, crop, flip"}))] = "none"
    precision: Annotated[Literal["auto", "float32", "bfloat16"], Knob(
        "Precision", "Automatic takes bfloat16 where the processor computes it natively.",
        labels=MappingProxyType({"auto": "Automatic", "float32": "float32", "bfloat16": "bfloat16"}))] = "auto"

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        if self.stream_batch > self.n_stream:
            raise InputError(f"stream_batch must be at most n_stream ({self.n_stream}), got {self.stream_batch}: lower it.")
        if self.shift == "optical_digits" and self.dataset != "digits":
            raise InputError(f"shift=optical_digits shows handwritten digits and needs dataset=digits, got {self.dataset!r}: choose it, or "
                             "take shift=corruptions.")
        if self.coldest > self.hottest:
            raise InputError(f"coldest must be at most hottest ({self.hottest:g}), got {self.coldest:g}: lower it.")
        without = [name for name in self.method_names if METHODS[name].needs_batch_norm]
        if without and self.model in ("cnn_groupnorm", "patch_transformer", "mlp"):
            raise InputError(f"{', '.join(without)} needs a network with BatchNorm, got model={self.model}: leave it out of methods, or "
                             "choose model=cnn.")

    @property
    def method_names(self) -> tuple[str, ...]:
        """The methods, in order."""
        return listed(self.methods, tuple(METHODS), "methods")

    @property
    def conditions(self) -> tuple[tuple[str, int], ...]:
        """What is streamed: (corruption, level), clean first as ("clean", 0); a shift that is not drawn is at level 5."""
        if self.shift != "corruptions":
            return ("clean", 0), (self.shift, 5)
        names, levels = listed(self.corruptions, tuple(CORRUPTIONS), "corruptions"), self.level_numbers
        return ("clean", 0), *((name, level) for name in names for level in levels)

    @property
    def level_numbers(self) -> tuple[int, ...]:
        """Levels, ascending; the first is near, the last far."""
        return tuple(sorted(int(level) for level in self.levels.split("+"))) if self.shift == "corruptions" else (5,)
