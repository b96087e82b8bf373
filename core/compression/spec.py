"""The study of compression and groups as a record: what it asks, takes, does and claims. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated, Literal

from core.compression.claims import CLAIMS
from core.compression.copies import check
from core.compression.result import CompressionResult
from core.compression.settings import parse_bits, parse_sparsities
from core.compression.study import BATCH_NORM, FULL, ROUNDING, StudyConfig, training_seconds
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
        check=parse_sparsities)] = "10,50,80,90,95"
    batch_norm: Annotated[Literal["reestimated", "kept"], BATCH_NORM] = "reestimated"
    rounding: Annotated[Literal["nearest", "calibrated"], ROUNDING] = "nearest"
    n_chain: Annotated[int, Knob(
        "Samples a group, curvature", "Training images of each group for gradients and curvature; a smaller group gives all it has.",
        low=16, high=5000, unit="images")] = 256
    n_probes: Annotated[int, Knob("Trace probes", "Random directions for the trace of the Hessian.", low=2, high=100)] = 3
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
    trained = 2 * config.n_train * (config.epochs + 5 * config.retrain_epochs)
    settings = len(parse_bits(config.bits)) + len(parse_sparsities(config.sparsities)) + 4
    watched = config.n_chain * settings * (CURVED_COST + PROBE_COST * config.n_probes)
    return 20.0 + training_seconds(config, trained + watched) + 5.0 * config.census


CURVED_COST, PROBE_COST = 53.0, 20.0  # of curvature and of one probe: images trained on in the same time, for each image a group

COMPRESSION = Experiment(
    name="compression",
    title="Compression disparity",
    question="Who pays when a network is made smaller?",
    config=CompressionConfig,
    result=CompressionResult,
    presets=(
        Preset("lite", "lite: about 2 min", CompressionConfig(), (0,), 115.0, gallery_seeds=(0, 1, 2, 3, 4)),
        Preset("full", "full: for a GPU", CompressionConfig(**FULL), (0,), 900.0, gpu=True, gallery_seeds=()),
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
    version=2,
    fingerprint=data_fingerprint,
    seconds=seconds_of,
    headline="did_qat",
)
