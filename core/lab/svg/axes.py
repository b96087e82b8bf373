"""The axes of a still picture: ranges, ticks, and where a value stands."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Axis:
    """One axis of a plotly figure; ``low`` and ``high`` are logarithms on a log axis and places on one of names."""

    spec: Any
    is_vertical: bool
    names: list[str] = field(default_factory=list)
    low: float = 0.0
    high: float = 1.0
    start: float = 0.0
    end: float = 1.0
    room: float = 0.0
    share: tuple[float, float] = (0.0, 1.0)

    @property
    def is_log(self) -> bool:
        """Whether equal steps are equal factors."""
        return self.spec.type == "log"

    def number(self, value: Any) -> float:
        """Return a value as a number on this axis: NaN for what cannot stand on it."""
        if isinstance(value, str) and (self.names or not _is_number(value)):
            return float(self.names.index(value)) if value in self.names else math.nan
        value = math.nan if value is None else float(value)
        if self.is_log:
            return math.log10(value) if value > 0 else math.nan
        return value

    def at(self, value: Any) -> float:
        """Return the pixel of a value."""
        return self.pixel(self.number(value))

    def pixel(self, number: float) -> float:
        """Return the pixel of a number that is already a place or a logarithm, as annotations have it."""
        return self.start + (number - self.low) / ((self.high - self.low) or 1.0) * (self.end - self.start)

    def settle(self, values: Iterable[Any], *, with_zero: bool) -> None:
        """Set the range: what the figure says, else what holds the values with room beside them."""
        if self.spec.range is not None and None not in self.spec.range:
            ends = [float(end) for end in self.spec.range]
        else:
            finite = [number for value in values if math.isfinite(number := self.number(value))] or [0.0, 1.0]
            finite += [0.0] if with_zero else []
            room = 0.05 * (max(finite) - min(finite)) or 0.5
            ends = [min(finite) - room, max(finite) + room]
            if self.names:
                ends = [-0.5, len(self.names) - 0.5]
            elif with_zero:
                ends = [end if abs(end) > room * 1.01 else 0.0 for end in ends]
        self.low, self.high = ends[::-1] if self.spec.autorange == "reversed" and ends[0] < ends[1] else ends

    def ticks(self) -> list[tuple[float, str]]:
        """Return the pixels that carry a label, with the label."""
        if self.spec.tickvals is not None:
            texts = self.spec.ticktext if self.spec.ticktext is not None else [None] * len(self.spec.tickvals)
            found = [(self.at(value), self.label(value) if text is None else str(text))
                     for value, text in zip(self.spec.tickvals, texts, strict=False)]
        elif self.names:
            found = [(self.pixel(place), name) for place, name in enumerate(self.names)]
        elif self.is_log:
            low, high = sorted((self.low, self.high))
            found = [(self.pixel(power), self.label(10.0 ** power)) for power in range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)]
        else:
            found = [(self.pixel(value), self.label(value)) for value in self._round()]
        low, high = sorted((self.start, self.end))
        return [(place, text) for place, text in found if low - 1 <= place <= high + 1]

    def _round(self) -> list[float]:
        low, high = sorted((self.low, self.high))
        if isinstance(self.spec.dtick, int | float):
            step, first = float(self.spec.dtick), float(self.spec.tick0 or 0.0)
        else:
            step, first = 10 ** math.floor(math.log10((high - low) / 5 or 1.0)), 0.0
            step *= next(times for times in (1, 2, 5, 10) if (high - low) / (step * times) <= 6)
        begin = math.ceil((low - first) / step - 1e-9)
        return [round(first + step * place, 12) for place in range(begin, math.floor((high - first) / step + 1e-9) + 1)]

    def label(self, value: Any) -> str:
        """Return a number as the axis writes it."""
        if isinstance(value, str):
            return value
        form, suffix = self.spec.tickformat or "", self.spec.ticksuffix or ""
        digits = next((int(letter) for letter in form if letter.isdigit()), 0)
        if "%" in form:
            shown = 100 * float(value)
            text = f"{shown:g}%" if 0 < abs(shown) < 1 and not digits else f"{shown:.{digits}f}%"
        elif form.endswith("f") and "~" not in form:
            text = f"{float(value):,.{digits}f}" if "," in form else f"{float(value):.{digits}f}"
        elif form.endswith("e"):
            text = f"{float(value):.{digits}e}"
        else:
            text = f"{float(value):,g}" if abs(float(value)) < 1e6 else f"{float(value):.0e}"
        return text.replace("-", "−") + suffix


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def names_on(spec: Any, values: Iterable[Any]) -> list[str]:
    """Return the names along an axis in the order in which they stand; none on an axis of numbers."""
    said = [value for value in values if isinstance(value, str | np.str_)]
    if spec.type not in (None, "category", "-") or not said or (spec.type is None and all(map(_is_number, said))):
        return []
    given = [str(name) for name in (spec.categoryarray if spec.categoryarray is not None else ())]
    return list(dict.fromkeys([*given, *map(str, said)]))
