"""The curves of the trade-off map: each defence over its knob, and the combinations that the papers make. Imports no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from core.lab.errors import InputError
from core.privacy.defences import DEFENCES, defence_by_id

BASELINE = "early_stopping"


@dataclass(frozen=True)
class Curve:
    """One curve.

    Attributes:
        id: Stable key in tables.
        title: What it is called on screen.
        defence: Id of the defence.
        knob: What the values are called.
        values: Weak to strong.
        setting: Field of the defence's settings that takes the values.
        settings: Further fields that differ from their defaults.
    """

    id: str
    title: str
    defence: str
    knob: str
    values: tuple[float, ...]
    setting: str = "strength"
    settings: Mapping[str, str | float | bool] = field(default_factory=dict)


TITLES = MappingProxyType({"rewinding": "Rewinding + RelaxLoss"})  # where a curve is one of several of its defence

CURVES: tuple[Curve, ...] = (
    *(Curve(defence.id, TITLES.get(defence.id, defence.title), defence.id, defence.knob.label, defence.values) for defence in DEFENCES
      if defence.id != BASELINE),
    Curve("srcm_relaxloss", "SRCM + RelaxLoss", "srcm", "Loss level", defence_by_id("relaxloss").values, "srcm_relax_level"),
    Curve("rewinding_ccl", "Rewinding + CCL", "rewinding", "Concave share", defence_by_id("ccl").values,
            settings=MappingProxyType({"partner": "ccl"})),
)


def chosen_curves(text: str) -> tuple[Curve, ...]:
    """Return the curves whose ids ``text`` names, joined by ``+``, in table order.

    Raises:
        InputError: If one is unknown; early stopping is the baseline and always drawn.
    """
    known = {curve.id: curve for curve in CURVES}
    for name in text.split("+"):
        if name not in known:
            raise InputError(f"defences must be names out of {', '.join(known)} joined by +, got {name!r}.")
    return tuple(curve for name, curve in known.items() if name in text.split("+"))


def check_curves(text: str) -> None:
    """Raise ``InputError`` unless ``text`` names curves."""
    chosen_curves(text)
