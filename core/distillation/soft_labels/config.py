"""What the study of soft labels may be told. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.data.settings import data_knob
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.models.names import check_model
from core.training.settings import BatchSize, LearningRate

STUDENTS = MappingProxyType({"lenet5": "LeNet-5 with BatchNorm", "cnn": "Small CNN", "resnet18": "ResNet-18"})
TEACHERS = MappingProxyType({"cnn": "Small CNN", "resnet20": "ResNet-20", "resnet18": "ResNet-18"})
FORMS = MappingProxyType({
    "released_kl": "KL over images and classes", "released_ce": "Cross-entropy", "batchmean": "KL over images"})
WEIGHT = (0.0, 1.0)
TEMPERATURE = (0.1, 100.0)


def numbers(text: str, name: str, low: float, high: float) -> tuple[float, ...]:
    """Return the numbers of a list such as ``0.3,0.6,0.9``.

    Raises:
        InputError: If it is empty, no list of numbers, repeats one, or leaves [low, high].
    """
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        raise InputError(f"{name} must be numbers separated by commas, got {text[:80]!r}: write for example 0.3,0.9.") from None
    if len(set(found)) != len(found) or not all(low <= value <= high for value in found):
        raise InputError(f"{name} must be different numbers in [{low:g}, {high:g}], got {text[:80]!r}: change or remove the others.")
    return found


def weights_of(text: str) -> tuple[float, ...]:
    """Return the weights to choose from, see ``numbers``."""
    return numbers(text, "weights", *WEIGHT)


def temperatures_of(text: str) -> tuple[float, ...]:
    """Return the temperatures to choose from, see ``numbers``."""
    return numbers(text, "temperatures", *TEMPERATURE)


@dataclass(frozen=True, kw_only=True)
class SoftLabelConfig(Config):
    """Everything that may change the numbers of the study of soft labels."""

    dataset: Annotated[str, data_knob(
        "Images with classes", "fashion-mnist", "mnist", "cifar10", "cifar100")] = "fashion-mnist"
    student: Annotated[Literal["lenet5", "cnn", "resnet18"], Knob(
        "Student", "The small network that every arm trains.", main=True, labels=STUDENTS)] = "lenet5"
    n_train: Annotated[int, Knob(
        "Training images", "That students, teacher and autoencoder see.", low=100, high=60_000, unit="images", main=True)] = 1000
    n_more: Annotated[int, Knob(
        "Larger training set", "Three arms are trained on so many images too, for as many steps; 0 leaves that out.", low=0, high=60_000,
        unit="images")] = 4000
    n_validation: Annotated[int, Knob(
        "Validation images", "On which weights and temperatures are chosen; never test images.", low=50, high=10_000, unit="images")] = 1000
    n_test: Annotated[int, Knob("Test images", "On which every arm is judged.", low=50, high=10_000, unit="images")] = 4000
    epochs: Annotated[int, Knob("Epochs", "Passes of a student over the training images.", low=1, high=400)] = 18
    batch_size: BatchSize = 64
    learning_rate: LearningRate = 0.05
    augmentation: Annotated[Literal["none", "pad_crop_flip"], Knob(
        "Augmentation", "Random crops and mirror images for students and teacher; the teacher answers for the plain image.",
        labels=MappingProxyType({"none": "None", "pad_crop_flip": "Crop and flip"}))] = "none"
    width: Annotated[int, Knob("Width, student", "Channels of the first block; LeNet-5 has its own.", low=4, high=128)] = 16
    form: Annotated[Literal["released_kl", "released_ce", "batchmean"], Knob(
        "Loss", "How soft labels of the autoencoder enter: one of the two released losses, or the mean over images alone.",
        labels=FORMS)] = "released_kl"
    weights: Annotated[str, Knob(
        "Weights to choose from", "Of the soft part, in [0, 1], separated by commas; chosen on validation images.",
        check=weights_of)] = "0.3,0.6,0.9"
    temperatures: Annotated[str, Knob(
        "Temperatures to choose from", "At least 0.1, separated by commas; chosen on validation images.",
        check=temperatures_of)] = "1,4"
    bonus: Annotated[float, Knob(
        "Diagonal bonus", "Added to each class's similarity to itself; released: 0.008, and 0.0225 for CIFAR-100.", low=0.0,
        high=1.0)] = 0.008
    sharpening: Annotated[float, Knob(
        "Sharpening temperature", "Of the softmax in the sharpened labels; the released labels have 1.", low=0.001, high=1.0)] = 0.05
    per_class: Annotated[int, Knob(
        "Images a class", "Over which similarities are averaged.", low=2, high=1000, unit="images")] = 40
    encoder_epochs: Annotated[int, Knob("Epochs, autoencoder", "Passes over the training images.", low=1, high=400)] = 12
    encoder_target: Annotated[Literal["normalised", "pixels"], Knob(
        "Autoencoder's target", "Normalised images, as released, or pixels in [0, 1].",
        labels=MappingProxyType({"normalised": "Normalised, as released", "pixels": "Pixels"}))] = "normalised"
    teacher: Annotated[str, Knob(
        "Teacher", "The network of knowledge distillation.", labels=TEACHERS, suggestions=tuple(TEACHERS), check=check_model)] = "cnn"
    teacher_width: Annotated[int, Knob("Width, teacher", "Channels of the first block.", low=4, high=256)] = 32
    teacher_epochs: Annotated[int, Knob("Epochs, teacher", "Passes over the training images.", low=1, high=400)] = 18

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        if 0 < self.n_more <= self.n_train:
            raise InputError(f"n_more must be 0 or above n_train ({self.n_train}), got {self.n_more}: raise it, or "
                             "leave it out with 0.")
        if self.batch_size > self.n_train:
            raise InputError(f"batch_size must be at most n_train ({self.n_train}), got {self.batch_size}: lower it.")
