"""What a membership audit may be told; a defence and the map build on it. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.data.settings import data_knob, takes
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.subjects.given import check_room_model, is_given
from core.training.settings import BatchSize, Epochs, LearningRate

MODELS = MappingProxyType({
    "cnn": "Small CNN", "cnn_groupnorm": "Small CNN, GroupNorm", "resnet20": "ResNet-20", "resnet18": "ResNet-18", "mlp": "MLP"})


@dataclass(frozen=True, kw_only=True)
class PrivacyConfig(Config):
    """Everything that may change the numbers of a membership audit."""

    dataset: Annotated[str, data_knob(
        "Images to train on", "fashion-mnist", "mnist", "cifar10", "cifar100", "svhn")] = "fashion-mnist"
    model: Annotated[str, Knob(
        "Model", "The network under audit; torchvision:NAME takes one of torchvision's, weights:PATH one that you trained.", main=True,
        labels=MODELS, suggestions=tuple(MODELS), check=check_room_model, takes=takes("weights"))] = "cnn"
    n_reference_models: Annotated[int, Knob(
        "Reference models", "Models the attacker trains to learn what is normal for an image.", low=3, high=1023,
        main=True)] = 16
    n_pool: Annotated[int, Knob(
        "Pool", "Images that may be members; each model trains on a random half.", low=100, high=100_000, unit="images")] = 2000
    n_population: Annotated[int, Knob(
        "Population", "Further images that no model ever trains on, for attacks that compare with strangers.", low=50,
        high=100_000, unit="images")] = 1000
    width: Annotated[int, Knob("Width", "Channels of the first block.", low=4, high=128, unit="channels")] = 16
    epochs: Epochs = 16
    stop_epoch: Annotated[int, Knob(
        "Stop early after", "Epochs after which training ends; 0 trains to the end.", low=0, high=400, unit="epochs")] = 0
    batch_size: BatchSize = 64
    optimizer: Annotated[Literal["sgd", "adam"], Knob(
        "Optimiser", "SGD has momentum 0.9.", labels=MappingProxyType({"sgd": "SGD", "adam": "Adam"}))] = "sgd"
    learning_rate: LearningRate = 0.02
    schedule: Annotated[Literal["cosine", "step", "constant"], Knob(
        "Schedule", "How the learning rate falls.",
        labels=MappingProxyType({"cosine": "Cosine", "step": "Steps at 50% and 75%", "constant": "Constant"}))] = "cosine"
    weight_decay: Annotated[float, Knob("Weight decay", "Pull of every weight towards zero.", low=0.0, high=0.1)] = 5e-4
    augmentation: Annotated[Literal["none", "pad_crop_flip"], Knob(
        "Augmentation", "Random change of each image in training.",
        labels=MappingProxyType({"none": "None", "pad_crop_flip": "Pad, crop, flip"}))] = "none"
    label_smoothing: Annotated[float, Knob(
        "Label smoothing", "Share of each label spread over all classes.", low=0.0, high=0.5)] = 0.0
    precision: Annotated[Literal["auto", "float32", "bfloat16"], Knob(
        "Precision", "Automatic takes bfloat16 where the processor computes it natively.",
        labels=MappingProxyType({"auto": "Automatic", "float32": "float32", "bfloat16": "bfloat16"}))] = "auto"
    n_queries: Annotated[int, Knob(
        "Queries per image", "1 asks the image alone, 2 its mirror too, more add shifts.", low=1, high=18)] = 1
    lira_variance: Annotated[Literal["fixed", "per_sample"], Knob(
        "LiRA variance", "One spread for all images, better below 64 models, or one for each image.",
        labels=MappingProxyType({"fixed": "Shared, centred", "per_sample": "Per image"}))] = "fixed"
    lira_counts: Annotated[Literal["matched", "ignored"], Knob(
        "LiRA references", "Equally many references for every image, or as published: all, although their number betrays members.",
        labels=MappingProxyType({"matched": "Equally many", "ignored": "All, as published"}))] = "matched"
    rmia_gamma: Annotated[float, Knob(
        "RMIA gamma", "How many times more likely than a stranger an image must be.", low=0.1, high=10.0)] = 1.0
    white_box: Annotated[bool, Knob("White-box attacks", "Also attack with gradient norms, which need the weights.")] = True

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        if self.stop_epoch > self.epochs:
            raise InputError(f"stop_epoch must be at most epochs ({self.epochs}), got {self.stop_epoch}: lower it or use 0.")
        if self.lira_variance == "per_sample" and self.n_reference_models < 5:
            raise InputError(f"lira_variance=per_sample needs at least 5 reference models, got {self.n_reference_models}.")
        if self.n_pool % 2:
            raise InputError(f"n_pool must be even, since each model trains on half of it, got {self.n_pool}.")
        if is_given(self.model) and self.n_reference_models < 4:
            raise InputError(f"n_reference_models must be at least 4 beside a given model, which is in none of the halves, got "
                             f"{self.n_reference_models}: raise it.")
        if self.batch_size > self.n_pool // 2:
            raise InputError(f"batch_size must be at most the {self.n_pool // 2} members (half the pool), got {self.batch_size}.")

    def idle(self) -> frozenset[str]:
        """Return what does nothing beside the other settings: weights bring their width."""
        return super().idle() | (frozenset({"width"}) if is_given(self.model) else frozenset())


LITE = PrivacyConfig()
