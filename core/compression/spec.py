"""The study of compression and groups as a record: what it asks, takes, does and claims. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.compression.claims import CLAIMS
from core.compression.result import CompressionResult
from core.compression.settings import FEWEST_BITS, parse_bits, parse_sparsities
from core.data.sources import check_source, load
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.lab.experiment import Experiment, Preset, Step
from core.models.names import check_model

DATASETS = MappingProxyType({
    "fashion-mnist": "Fashion-MNIST", "adult": "Adult census", "mnist": "MNIST", "cifar10": "CIFAR-10", "svhn": "SVHN"})
MODELS = MappingProxyType({"cnn": "Small CNN", "resnet20": "ResNet-20", "resnet18": "ResNet-18", "mlp": "MLP"})


@dataclass(frozen=True, kw_only=True)
class CompressionConfig(Config):
    """Everything that may change the numbers of a study of compression."""

    dataset: Annotated[str, Knob(
        "Data", "Images with classes as groups, or data with a group array: a known set, npz:PATH or folder:PATH.", main=True,
        labels=DATASETS, suggestions=tuple(DATASETS), check=check_source)] = "fashion-mnist"
    model: Annotated[str, Knob(
        "Model", "The network to be made smaller.", main=True, labels=MODELS, suggestions=tuple(MODELS), check=check_model)] = "cnn"
    imbalance: Annotated[float, Knob(
        "Imbalance", "How many times larger the largest class is than the smallest; data with groups of its own keeps its shares.",
        low=1.0, high=200.0, main=True)] = 20.0
    n_train: Annotated[int, Knob(
        "Training images", "In each copy: the long-tailed one and the balanced one.", low=200, high=200_000, unit="images")] = 6000
    n_test: Annotated[int, Knob(
        "Test images a group", "Held-out images that each group is judged by.", low=40, high=5000, unit="images")] = 400
    width: Annotated[int, Knob("Width", "Channels of the first block.", low=4, high=128, unit="channels")] = 16
    epochs: Annotated[int, Knob("Epochs", "Passes over the training images before compression.", low=1, high=400)] = 15
    batch_size: Annotated[int, Knob("Batch size", "Images per optimiser step.", low=8, high=1024, unit="images")] = 64
    learning_rate: Annotated[float, Knob("Learning rate", "Step size at the start of training.", low=1e-5, high=1.0)] = 0.05
    weight_decay: Annotated[float, Knob("Weight decay", "Pull of every weight towards zero.", low=0.0, high=0.1)] = 5e-4
    bits: Annotated[str, Knob(
        "Bit widths", "At which weights and activations are rounded without training; 2 to 16, separated by commas.",
        check=parse_bits)] = "8,6,5,4,3,2"
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
    batch_norm: Annotated[Literal["reestimated", "kept"], Knob(
        "BatchNorm statistics", "Estimated again after compression, or kept from the float network.",
        labels=MappingProxyType({"reestimated": "Estimated again", "kept": "Kept"}))] = "reestimated"
    rounding: Annotated[Literal["nearest", "calibrated"], Knob(
        "Rounding", "To the nearest level, or so that each layer's output on calibration images changes least.",
        labels=MappingProxyType({"nearest": "Nearest", "calibrated": "Calibrated"}))] = "nearest"
    sparsities: Annotated[str, Knob(
        "Sparsities", "Per cent of weights removed, smallest first; up to 95, separated by commas.",
        check=parse_sparsities)] = "10,30,50,70,80,90,95"
    scope: Annotated[Literal["global", "layer"], Knob(
        "Pruning threshold", "One for the network, or one for each layer.",
        labels=MappingProxyType({"global": "Whole network", "layer": "Each layer"}))] = "global"
    unit: Annotated[Literal["weight", "filter"], Knob(
        "What is removed", "Single weights, or whole output channels by their norm.",
        labels=MappingProxyType({"weight": "Single weights", "filter": "Whole filters"}))] = "weight"
    qat_bits: Annotated[int, Knob(
        "Bits in training", "Weight bits of quantisation-aware training.", low=2, high=16, unit="bits", main=True)] = 2
    qat_activation_bits: Annotated[int, Knob(
        "Activation bits in training", "Bits of layer inputs in quantisation-aware training.", low=2, high=16, unit="bits")] = 8
    retrain_epochs: Annotated[int, Knob(
        "Epochs after compression", "Of quantisation-aware training, of retraining and of every repair.", low=1, high=100)] = 3
    qat_learning_rate: Annotated[float, Knob(
        "Learning rate, rounded", "In quantisation-aware training and in fine-tuning without compression.", low=1e-6, high=1.0)] = 0.005
    prune_learning_rate: Annotated[float, Knob(
        "Learning rate, pruned", "In retraining after pruning.", low=1e-6, high=1.0)] = 0.02
    repairs: Annotated[Literal["all", "main", "none"], Knob(
        "Repairs", "Every combination, balanced sampling alone, or none.",
        labels=MappingProxyType({"all": "Every one", "main": "Balanced sampling", "none": "None"}))] = "all"
    mixed_bits: Annotated[float, Knob(
        "Mixed precision budget", "Bits a weight may take on average when each layer gets its own.", low=1.0, high=16.0,
        unit="bits")] = 2.5
    penalty_step: Annotated[float, Knob(
        "Penalty step", "How fast the weight of a group's loss grows while it lies above the common loss.", low=1e-4, high=1.0)] = 0.05
    penalty: Annotated[Literal["one_sided", "absolute"], Knob(
        "Penalty", "Pull down groups that lose more, or hold all groups at the common loss, as published.",
        labels=MappingProxyType({"one_sided": "Only worse groups", "absolute": "Every group"}))] = "one_sided"
    n_chain: Annotated[int, Knob(
        "Samples a group, curvature", "Training images of each group for gradients and curvature.", low=16, high=5000,
        unit="images")] = 256
    n_probes: Annotated[int, Knob("Trace probes", "Random directions for the trace of the Hessian.", low=2, high=100)] = 4
    census: Annotated[bool, Knob("Census beside it", "Also ask the Adult census table, with sex and race as groups.")] = True

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        if self.mixed_bits < FEWEST_BITS:
            raise InputError(f"mixed_bits must be at least {FEWEST_BITS}, the fewest bits of a layer, got {self.mixed_bits:g}: raise it.")
        if self.batch_size > self.n_train:
            raise InputError(f"batch_size must be at most n_train ({self.n_train}), got {self.batch_size}: lower it.")
        if self.n_calibration > self.n_train:
            raise InputError(f"n_calibration must be at most n_train ({self.n_train}), got {self.n_calibration}: lower it.")


def data_fingerprint(config: CompressionConfig) -> str:
    """Return the content hash of the data that a config names.

    Raises:
        InputError: If the data is missing, breaks a rule, or has too few images in a group.
    """
    data = load(config.dataset)
    return data.fingerprint


def seconds_of(config: CompressionConfig) -> float:
    """Return the rough time of one seed on two CPU cores, from measured rates."""
    arms = {"all": 17, "main": 6, "none": 5}[config.repairs]
    cost = {"cnn": 1.0, "mlp": 0.15, "resnet20": 12.0, "resnet18": 160.0}.get(config.model, 160.0) * (config.width / 16) ** 1.5
    images = config.n_train * (2 * config.epochs + 1.8 * arms * config.retrain_epochs)
    return 10.0 + cost * (images / IMAGES_PER_SECOND + 0.006 * config.n_chain * 10) + 5.0 * config.census


IMAGES_PER_SECOND = 9_000
LITE = CompressionConfig()
FULL = CompressionConfig(
    dataset="cifar10", model="resnet18", n_train=12_000, n_test=1000, epochs=60, batch_size=128, learning_rate=0.1, retrain_epochs=10,
    n_calibration=1000)

COMPRESSION = Experiment(
    name="compression",
    title="Compression disparity",
    question="Who pays when a network is made smaller?",
    config=CompressionConfig,
    result=CompressionResult,
    presets=(
        Preset("lite", "lite: about a minute and a half", LITE, (0,), 90.0, gallery_seeds=()),
        Preset("full", "full: for a GPU", FULL, (0,), 900.0, gpu=True, gallery_seeds=()),
    ),
    steps=(
        Step("Draw the groups", 0.5),
        Step("Train both copies", 22.0),
        Step("Round and prune", 14.0),
        Step("Retrain and repair", 40.0),
        Step("Follow the chain", 20.0),
        Step("Ask the census", 6.0),
        Step("Report", 1.0),
    ),
    run="core.compression.experiment:run",
    figures="core.compression.figures:FIGURES",
    texts="core.compression.texts:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=data_fingerprint,
    seconds=seconds_of,
    headline="did_qat",
)
