"""What every experiment of this room may be told: data and groups, the float network, and how it is made smaller. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.data.settings import data_knob, takes
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.lab.work import Work
from core.subjects.given import check_room_model, is_given
from core.training.cost import training_seconds
from core.training.settings import BatchSize, LearningRate

MODELS = MappingProxyType({"cnn": "Small CNN", "resnet20": "ResNet-20", "resnet18": "ResNet-18", "mlp": "MLP"})
DATA = data_knob(
    "Images with classes as groups, or data with a group array", "fashion-mnist", "adult", "mnist", "cifar10", "svhn")
IMBALANCE = Knob(
    "Imbalance", "How many times larger the largest class is than the smallest; data with groups of its own keeps its shares.",
    low=1.0, high=200.0, main=True)
BATCH_NORM = Knob(
    "BatchNorm statistics", "Estimated again after compression, or kept from the float network.",
    labels=MappingProxyType({"reestimated": "Estimated again", "kept": "Kept"}))
ROUNDING = Knob(
    "Rounding", "To the nearest level, or so that each layer's output on calibration images changes least.",
    labels=MappingProxyType({"nearest": "Nearest", "calibrated": "Calibrated"}))
FULL = MappingProxyType({
    "dataset": "cifar10", "model": "resnet18", "n_train": 12_000, "n_test": 1000, "epochs": 60, "batch_size": 128, "learning_rate": 0.1,
    "retrain_epochs": 10, "n_calibration": 1000})


@dataclass(frozen=True, kw_only=True)
class StudyConfig(Config):
    """Settings that all experiments of the room share, so that they share trained networks too."""

    dataset: Annotated[str, DATA] = "fashion-mnist"
    model: Annotated[str, Knob(
        "Model", "The network to be made smaller; weights:PATH takes one that you trained.", labels=MODELS, suggestions=tuple(MODELS),
        check=check_room_model, takes=takes("weights"))] = "cnn"
    imbalance: Annotated[float, IMBALANCE] = 20.0
    n_train: Annotated[int, Knob(
        "Training images", "In each copy: the long-tailed one and the balanced one.", low=200, high=200_000, unit="images")] = 6000
    n_test: Annotated[int, Knob(
        "Test images a group", "Held-out images that each group is judged by.", low=20, high=5000, unit="images")] = 400
    width: Annotated[int, Knob("Width", "Channels of the first block.", low=4, high=128, unit="channels")] = 16
    epochs: Annotated[int, Knob("Epochs", "Passes over the training images before compression.", low=1, high=400)] = 15
    batch_size: BatchSize = 64
    learning_rate: LearningRate = 0.05
    weight_decay: Annotated[float, Knob("Weight decay", "Pull of every weight towards zero.", low=0.0, high=0.1)] = 5e-4
    qat_bits: Annotated[int, Knob(
        "Bits in training", "Of each weight in quantisation-aware training.", low=2, high=16, main=True)] = 2
    qat_activation_bits: Annotated[int, Knob(
        "Activation bits in training", "Of layer inputs in quantisation-aware training.", low=2, high=16)] = 8
    prune_percent: Annotated[float, Knob(
        "Weights removed", "Before retraining.", low=0.0, high=95.0, unit="%", main=True)] = 95.0
    retrain_epochs: Annotated[int, Knob(
        "Epochs after compression", "Of quantisation-aware training, of retraining and of every repair.", low=1, high=100)] = 3
    qat_learning_rate: Annotated[float, Knob(
        "Learning rate, rounded", "In quantisation-aware training and in fine-tuning without compression.", low=1e-6, high=1.0)] = 0.005
    prune_learning_rate: Annotated[float, Knob(
        "Learning rate, pruned", "In retraining after pruning.", low=1e-6, high=1.0)] = 0.02
    granularity: Annotated[Literal["channel", "tensor"], Knob(
        "One scale for", "Weights of each output channel share a scale, or those of a whole layer.",
        labels=MappingProxyType({"channel": "Each channel", "tensor": "Each layer"}))] = "channel"
    ranges: Annotated[Literal["minmax", "percentile", "mse"], Knob(
        "Activation range", "How the span of a layer's input is found on calibration images.",
        labels=MappingProxyType({"minmax": "Smallest to largest", "percentile": "99.9 percentile", "mse": "Least error"}))] = "minmax"
    calibration: Annotated[Literal["natural", "balanced", "majority"], Knob(
        "Calibration images", "Drawn as the training images are, equally from every group, or from the largest group only.",
        labels=MappingProxyType({"natural": "As in training", "balanced": "Balanced", "majority": "Largest group only"}))] = "natural"
    n_calibration: Annotated[int, Knob(
        "Number of calibration images", "For activation ranges and BatchNorm statistics.", low=16, high=10_000, unit="images")] = 500
    edges: Annotated[Literal["same", "eight"], Knob(
        "First and last layer", "Rounded like the others, or kept at 8 bits.",
        labels=MappingProxyType({"same": "Like the others", "eight": "At 8 bits"}))] = "same"
    scope: Annotated[Literal["global", "layer"], Knob(
        "Pruning threshold", "One for the network, or one for each layer.",
        labels=MappingProxyType({"global": "Whole network", "layer": "Each layer"}))] = "global"
    unit: Annotated[Literal["weight", "filter"], Knob(
        "What is removed", "Single weights, or whole output channels by their norm.",
        labels=MappingProxyType({"weight": "Single weights", "filter": "Whole filters"}))] = "weight"

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        for name in ("batch_size", "n_calibration"):
            if getattr(self, name) > self.n_train:
                raise InputError(f"{name} must be at most n_train ({self.n_train}), got {getattr(self, name)}: lower it.")

    def idle(self) -> frozenset[str]:
        """Return what does nothing beside the other settings: weights bring their width, and the data keep their own shares."""
        return super().idle() | (frozenset({"width", "imbalance"}) if is_given(self.model) else frozenset())


def work_of_training(config: StudyConfig, images: float, *, alone: float) -> Work:
    """Return what training on so many images in all amounts to, beside ``alone`` seconds of one core."""
    return Work(alone, OVERHEAD * training_seconds(config.model, config.width, images))


OVERHEAD = 1.8  # of the room over plain training: figures of every group, rounding in every step
