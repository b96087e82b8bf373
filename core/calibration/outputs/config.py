"""Everything that may change the numbers of the view on outputs alone. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

from core.calibration.outputs_files import EXAMPLE, check_outputs_source
from core.lab.config import Config, Knob
from core.lab.errors import InputError


@dataclass(frozen=True, kw_only=True)
class OutputsConfig(Config):
    """Which outputs are judged, and how."""

    outputs: Annotated[str, Knob(
        "Outputs", "Logits or probabilities with labels, at home and shifted: npz:PATH or csv:PATH.", main=True,
        labels=MappingProxyType({EXAMPLE: "Example: TENT on Fashion-MNIST"}), suggestions=(EXAMPLE,),
        check=check_outputs_source)] = EXAMPLE
    parts: Annotated[int, Knob(
        "Parts", "Disjoint random parts of the file; seed 0 judges the first, and so on. Five give intervals, 1 takes all rows at once.",
        low=1, high=50, main=True)] = 5
    coldest: Annotated[float, Knob("Coldest", "Temperature of the certainty rule for sure rows.", low=0.1, high=10.0)] = 1.0
    hottest: Annotated[float, Knob("Hottest", "Temperature of the certainty rule for unsure rows.", low=0.1, high=20.0)] = 2.0

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        if self.coldest > self.hottest:
            raise InputError(f"coldest must be at most hottest ({self.hottest:g}), got {self.coldest:g}: lower it.")
