"""What the study of depth may be told. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.data.settings import data_knob
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.training.settings import BatchSize, Epochs, LearningRate

STAGES = 3
BATCH_NORMS = MappingProxyType({"recalibrated": "Statistics a depth", "own": "Scale and shift a depth, too"})


@dataclass(frozen=True, kw_only=True)
class DepthConfig(Config):
    """Everything that may change the numbers of the study of depth."""

    dataset: Annotated[str, data_knob(
        "Images with classes", "fashion-mnist", "digit-sums", "mnist", "cifar10", "cifar100")] = "fashion-mnist"
    n_train: Annotated[int, Knob(
        "Training images", "That every network sees.", low=100, high=60_000, unit="images", main=True)] = 1500
    n_more: Annotated[int, Knob(
        "Larger training set", "Package and separate networks are trained on so many images, too, for as many steps; 0 leaves that out.",
        low=0, high=60_000, unit="images")] = 3000
    n_test: Annotated[int, Knob("Test images", "On which every sub-network is judged.", low=50, high=10_000, unit="images")] = 1000
    blocks: Annotated[int, Knob(
        "Blocks a stage", "Of three stages; the first block of a stage always runs.", low=2, high=18, unit="blocks")] = 3
    most_dropped: Annotated[int, Knob(
        "Blocks left out", "By the smallest sub-network.", low=1, high=51, unit="blocks", main=True)] = 6
    width: Annotated[int, Knob("Width", "Channels of the first stage.", low=4, high=128, unit="channels")] = 8
    epochs: Epochs = 8
    batch_size: BatchSize = 64
    learning_rate: LearningRate = 0.1
    augmentation: Annotated[Literal["none", "pad_crop_flip"], Knob(
        "Augmentation", "Random crops and mirror images of the training images.",
        labels=MappingProxyType({"none": "None", "pad_crop_flip": "Crop and flip"}))] = "none"
    leader: Annotated[bool, Knob("Leader", "Whether a third network guides the two Teammates.")] = True
    guidance: Annotated[float, Knob("Weight, guidance", "Of the Leader's answers.", low=0.0, high=1.0)] = 0.5
    mutual: Annotated[float, Knob("Weight, mutual", "Of the other Teammate's answers; 0 switches it off.", low=0.0, high=1.0)] = 0.5
    down: Annotated[float, Knob(
        "Weight, own full depth", "Share of a sub-network's loss that follows its full depth; 0 leaves the labels alone.", low=0.0,
        high=1.0)] = 0.7
    temperature: Annotated[float, Knob("Temperature", "Of all answers that are followed.", low=0.1, high=100.0)] = 1.0
    batch_norm: Annotated[Literal["recalibrated", "own"], Knob(
        "BatchNorm", "Of the networks with many depths: scale and shift for all, statistics estimated again for each depth; or scale and "
        "shift of its own for each depth, too.", labels=BATCH_NORMS)] = "recalibrated"
    ablations: Annotated[bool, Knob(
        "Loss terms one by one", "Whether the package is also trained without each part of its loss.")] = True
    n_statistics: Annotated[int, Knob(
        "Images for BatchNorm", "Training images on which the statistics of each depth are estimated again.", low=32, high=10_000,
        unit="images")] = 400

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        most = STAGES * (self.blocks - 1)
        if self.most_dropped > most:
            raise InputError(f"most_dropped must be at most {most}, since {STAGES} of {STAGES * self.blocks} blocks always run, got "
                             f"{self.most_dropped}: lower it, or add blocks.")
        if 0 < self.n_more <= self.n_train:
            raise InputError(f"n_more must be 0 or above n_train ({self.n_train}), got {self.n_more}: raise it, or "
                             "leave it out with 0.")
        for name in ("batch_size", "n_statistics"):
            if getattr(self, name) > self.n_train:
                raise InputError(f"{name} must be at most n_train ({self.n_train}), got {getattr(self, name)}: lower it.")

    @property
    def kind(self) -> str:
        """Name, in ``core.models.names.BLOCKS``, of a network with many depths."""
        return "blocks_own" if self.batch_norm == "own" else "blocks"

    @property
    def epochs_more(self) -> int:
        """Passes over the larger training set that make about as many steps."""
        return max(1, round(self.epochs * self.n_train / self.n_more))

    @property
    def per_stage(self) -> tuple[int, ...]:
        """Blocks of every stage."""
        return (self.blocks,) * STAGES
