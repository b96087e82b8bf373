"""What a training run may be told. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.lab.config import Config, Knob, fields_of
from core.lab.errors import InputError
from core.models.names import check_buildable


@dataclass(frozen=True, kw_only=True)
class TrainingConfig(Config):
    """Everything that decides the weights of a model, apart from its data, its seed and its loss."""

    model: Annotated[
        str,
        Knob("Model", help="Architecture: cnn, cnn_groupnorm, resnet18, resnet20, mlp or torchvision:NAME.", check=check_buildable),
    ] = "cnn"
    width: Annotated[
        int, Knob("Width", help="Channels of the first stage; the later stages are multiples of it.", low=1, high=512)
    ] = 16
    epochs: Annotated[
        int,
        Knob("Epochs", help="Passes over the training images; the learning-rate schedule spans all of them.", low=1, high=1000),
    ] = 20
    batch_size: Annotated[
        int, Knob("Batch size", help="Images per optimiser step at most; an epoch is cut into equal batches.", low=2, high=8192)
    ] = 64
    optimizer: Annotated[
        Literal["sgd", "adam"],
        Knob(
            "Optimiser",
            help="How gradients become steps: SGD with momentum, or Adam.",
            labels=MappingProxyType({"sgd": "SGD with momentum", "adam": "Adam"}),
        ),
    ] = "sgd"
    learning_rate: Annotated[
        float, Knob("Learning rate", help="Size of the first steps, before the schedule lowers it.", low=1e-6, high=10.0)
    ] = 0.05
    schedule: Annotated[
        Literal["cosine", "step", "constant"],
        Knob(
            "Schedule",
            help="How the learning rate falls: along a half cosine to zero, tenfold at half and three quarters, or not.",
            labels=MappingProxyType({"cosine": "Cosine", "step": "Steps", "constant": "Constant"}),
        ),
    ] = "cosine"
    momentum: Annotated[
        float, Knob("Momentum", help="Share of the last SGD step that the next one keeps; Adam ignores it.", low=0.0, high=0.999)
    ] = 0.9
    weight_decay: Annotated[
        float, Knob("Weight decay", help="Pull of every weight towards zero, added to its gradient.", low=0.0, high=1.0)
    ] = 5e-4
    augmentation: Annotated[
        Literal["none", "pad_crop_flip"],
        Knob(
            "Augmentation",
            help="Random changes of the training images: a shifted crop and a mirror image.",
            labels=MappingProxyType({"none": "None", "pad_crop_flip": "Crop and flip"}),
        ),
    ] = "none"
    label_smoothing: Annotated[
        float, Knob("Label smoothing", help="Probability taken from the label and spread over all classes.", low=0.0, high=0.9)
    ] = 0.0
    stop_epoch: Annotated[
        int, Knob("Stop after epoch", help="Epoch after which training ends early; 0 trains to the last one.", low=0, high=1000)
    ] = 0
    precision: Annotated[
        Literal["auto", "float32", "bfloat16"],
        Knob(
            "Precision",
            help="Arithmetic of the network: auto takes bfloat16 where the processor has instructions for it.",
            labels=MappingProxyType({"auto": "Automatic", "float32": "float32", "bfloat16": "bfloat16"}),
        ),
    ] = "auto"

    @classmethod
    def of(cls, config: Config) -> "TrainingConfig":
        """Return the part of a room's settings that decides how its networks are trained: the fields that bear the names of these."""
        return cls(**{field.name: getattr(config, field.name) for field in fields_of(cls) if hasattr(config, field.name)})

    def check(self) -> None:
        """Refuse a stop after the last epoch."""
        super().check()
        if self.stop_epoch > self.epochs:
            raise InputError(f"stop_epoch must lie in [0, epochs = {self.epochs}], got {self.stop_epoch}.")

    @property
    def last_epoch(self) -> int:
        """Number of epochs that are really trained."""
        return self.stop_epoch or self.epochs
