"""The study of compression and groups as a record: what it asks, takes, does and claims. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.compression.claims import CLAIMS
from core.compression.copies import check
from core.compression.result import CompressionResult
from core.compression.settings import parse_bits, parse_sparsities
from core.compression.study import StudyConfig
from core.data.sources import load
from core.lab.config import Knob
from core.lab.experiment import Experiment, Preset, Step


@dataclass(frozen=True, kw_only=True)
class CompressionConfig(StudyConfig):
    """Everything that may change the numbers of a study of compression."""

    bits: Annotated[str, Knob(
        "Bit widths", "At which weights and activations are rounded without training; 2 to 16, separated by commas.",
        check=parse_bits)] = "8,6,5,4,3,2"
    sparsities: Annotated[str, Knob(
        "Sparsities", "Per cent of weights removed without training; above 0, up to 95, separated by commas.",
        check=parse_sparsities)] = "10,30,50,70,80,90,95"
    batch_norm: Annotated[Literal["reestimated", "kept"], Knob(
        "BatchNorm statistics", "Estimated again after compression, or kept from the float network.",
        labels=MappingProxyType({"reestimated": "Estimated again", "kept": "Kept"}))] = "reestimated"
    rounding: Annotated[Literal["nearest", "calibrated"], Knob(
        "Rounding", "To the nearest level, or so that each layer's output on calibration images changes least.",
        labels=MappingProxyType({"nearest": "Nearest", "calibrated": "Calibrated"}))] = "nearest"
    n_chain: Annotated[int, Knob(
        "Samples a group, curvature", "Training images of each group for gradients and curvature.", low=16, high=5000,
        unit="images")] = 256
    n_probes: Annotated[int, Knob("Trace probes", "Random directions for the trace of the Hessian.", low=2, high=100)] = 4
    census: Annotated[bool, Knob("Census beside it", "Also ask the Adult census table, with sex and race as groups.")] = True


def data_fingerprint(config: StudyConfig) -> str:
    """Return the content hash of the data that a config names.

    Raises:
        InputError: If the data is missing, breaks a rule, or has too few images in a group.
    """
    data = load(config.dataset)
    check(data, config)
    return data.fingerprint


def seconds_of(config: CompressionConfig) -> float:
    """Return the rough time of one seed on two CPU cores, from measured rates."""
    cost = {"cnn": 1.0, "mlp": 0.15, "resnet20": 12.0, "resnet18": 160.0}.get(config.model, 160.0) * (config.width / 16) ** 1.5
    images = 2 * config.n_train * (config.epochs + 4 * config.retrain_epochs)
    return 15.0 + cost * (images / IMAGES_PER_SECOND + 0.1 * config.n_chain) + 5.0 * config.census


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
        Preset("lite", "lite: about 90 s", LITE, (0,), 90.0, gallery_seeds=(0, 1, 2, 3, 4)),
        Preset("full", "full: for a GPU", FULL, (0,), 900.0, gpu=True, gallery_seeds=()),
    ),
    steps=(
        Step("Draw the groups", 0.5),
        Step("Train both copies", 18.0),
        Step("Round and prune", 20.0),
        Step("Train the small networks", 18.0),
        Step("Follow the chain", 25.0),
        Step("Ask the census", 5.0),
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
