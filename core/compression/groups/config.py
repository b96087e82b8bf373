"""What the study of compression may be told. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated, Literal

from core.compression.config import BATCH_NORM, ROUNDING, StudyConfig
from core.compression.points import parse_bits, parse_sparsities
from core.lab.config import Knob


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
