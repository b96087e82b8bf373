"""What the study of repairs may be told. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.compression.bits import SIGN_BITS
from core.compression.config import StudyConfig
from core.lab.config import Knob
from core.lab.errors import InputError
from core.subjects.given import check_none_given


@dataclass(frozen=True, kw_only=True)
class RepairConfig(StudyConfig):
    """Everything that may change the numbers of a study of repairs."""

    size_budget: Annotated[float, Knob(
        "Mixed precision budget", "Bytes that bits by layer may take, as a share of what the same bits everywhere take.", low=5.0,
        high=800.0, unit="%")] = 100.0
    objective: Annotated[Literal["worst", "average"], Knob(
        "Bits are given to", "The layers that matter most to the worst group, or to all groups on average.",
        labels=MappingProxyType({"worst": "Help the worst group", "average": "Help all on average"}))] = "worst"
    penalty: Annotated[Literal["one_sided", "absolute"], Knob(
        "Penalty", "Pull down groups that lose more, or hold all groups at the common loss, as published.",
        labels=MappingProxyType({"one_sided": "Only worse groups", "absolute": "Every group"}))] = "one_sided"
    penalty_step: Annotated[float, Knob(
        "Penalty step", "How fast the weight of a group's loss grows while it lies above the common loss.", low=1e-4, high=1.0)] = 0.05

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        super().check()
        check_none_given(self.model, "the view Who pays or One setting")
        if self.mean_bits < SIGN_BITS:
            raise InputError(f"size_budget must leave each weight {SIGN_BITS} bit, {100.0 * SIGN_BITS / self.qat_bits:g}% of "
                             f"{self.qat_bits} bits, got {self.size_budget:g}%: raise it.")

    @property
    def mean_bits(self) -> float:
        """Bits that a weight may take on average in the mixed arms."""
        return self.size_budget / 100.0 * self.qat_bits
