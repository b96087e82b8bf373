"""Everything that may change the numbers of the view on outputs alone. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.calibration.outputs_files import EXAMPLE, check_outputs_source
from core.data.corruptions import CORRUPTION_TITLES
from core.data.settings import takes
from core.lab.config import Knob
from core.lab.errors import InputError
from core.subjects.config import SubjectConfig


@dataclass(frozen=True, kw_only=True)
class OutputsConfig(SubjectConfig):
    """Which outputs are judged, and how."""

    outputs: Annotated[str, Knob(
        "Outputs", "Logits or probabilities with labels, at home and shifted: npz:PATH or csv:PATH.", main=True,
        labels=MappingProxyType({EXAMPLE: "Example: TENT on Fashion-MNIST"}), suggestions=(EXAMPLE,),
        check=check_outputs_source, takes=takes("outputs"))] = EXAMPLE
    parts: Annotated[int, Knob(
        "Parts", "Disjoint random parts of the file; seed 0 judges the first, and so on. Five give intervals, 1 takes all rows at once.",
        low=1, high=50, main=True)] = 5
    corruption: Annotated[Literal[tuple(CORRUPTION_TITLES)], Knob(
        "Corruption", "What drifts where a trained model is asked: its test images, corrupted so.",
        labels=MappingProxyType(dict(CORRUPTION_TITLES)))] = "gaussian"
    level: Annotated[int, Knob("Level", "Strength of the corruption, 5 is worst.", low=1, high=5)] = 3
    coldest: Annotated[float, Knob("Coldest", "Temperature of the certainty rule for sure rows.", low=0.1, high=10.0)] = 1.0
    hottest: Annotated[float, Knob("Hottest", "Temperature of the certainty rule for unsure rows.", low=0.1, high=20.0)] = 2.0

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        super().check()
        if self.coldest > self.hottest:
            raise InputError(f"coldest must be at most hottest ({self.hottest:g}), got {self.coldest:g}: lower it.")

    def idle(self) -> frozenset[str]:
        """Return what does nothing beside the other settings."""
        return super().idle() | frozenset(() if self.has_model else ("corruption", "level"))
