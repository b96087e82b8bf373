"""Everything that may change the numbers of an audit of outputs alone. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.lab.config import Config, Knob
from core.subjects.outputs import EXAMPLE, check_outputs_source


@dataclass(frozen=True, kw_only=True)
class PrivacyOutputsConfig(Config):
    """Which outputs are audited, and how."""

    outputs: Annotated[str, Knob(
        "Outputs", "Logits or probabilities with labels and membership, of references too if you have any: npz:PATH or csv:PATH.",
        main=True, labels=MappingProxyType({EXAMPLE: "Example: small CNN on Fashion-MNIST"}), suggestions=(EXAMPLE,),
        check=check_outputs_source)] = EXAMPLE
    parts: Annotated[int, Knob(
        "Parts", "Disjoint random parts of the rows; seed 0 judges the first, and so on. Five give intervals, 1 takes all rows at once.",
        low=1, high=50, main=True)] = 5
    lira_variance: Annotated[Literal["fixed", "per_sample"], Knob(
        "LiRA variance", "One spread for all rows, better below 64 references, or one for each row.",
        labels=MappingProxyType({"fixed": "Shared, centred", "per_sample": "Per row"}))] = "fixed"
    with_learned: Annotated[bool, Knob(
        "Attack network", "Also train a small network on the references that reads membership off the answers; takes seconds.")] = False
