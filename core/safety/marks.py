"""How this room's figures draw and name categories of units, states of the model and arms of fine-tuning."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from core.lab.figure import Look
from core.lab.palette import MARKS, NEUTRAL, Mark
from core.safety.categories import CATEGORIES, TITLES

GROUPS = {
    "SCU": Mark(MARKS["safety-critical"].colour, "solid", (1, 0), "circle"),
    "UCU": Mark(MARKS["utility-critical"].colour, "longdash", (14, 5), "square"),
    "CU": Mark(MARKS["complex"].colour, "dashdot", (8, 4, 2, 4), "diamond"),
    "RU": Mark(NEUTRAL, "dot", (2, 3), "x"),
    "random": Mark(NEUTRAL, "dash", (8, 5), "circle-open")}
HATCHES = {"SCU": "/", "UCU": "\\", "CU": "x", "RU": "", "random": "."}
NAMES = {**dict(zip(CATEGORIES, TITLES, strict=True)), "random": "random"}
LONG_NAMES = {
    "SCU": "safety-critical units, SCU (ESU)", "UCU": "utility-critical units, UCU (EUU)", "CU": "complex units, CU",
    "RU": "redundant units, RU", "random": "random units"}
JUDGES = {"prefix": "By prefix", "phrase": "By phrase", "first_token": "By first token"}
JUDGE_MARKS = {"prefix": "circle", "phrase": "square-open", "first_token": "triangle-up-open"}
STATES = ("base", "unaligned", "aligned", "scu", "random", "ru", "ucu", "attacked")


@dataclass(frozen=True)
class ArmMark:
    """One arm of the fine-tuning attack: its name, what it is drawn like, and which panel of small multiples it stands in."""

    name: str
    title: str
    colour: str
    dash: str
    symbol: str
    panel: str


PANELS = {"top": "SCU and top CU frozen", "all": "SCU and all CU frozen", "other": "Other ways to train"}
ARMS: tuple[ArmMark, ...] = (
    ArmMark("plain", "nothing frozen", "", "solid", "circle", ""),
    ArmMark("scu_top_cu", "SCU + top CU", MARKS["safety-critical"].colour, "solid", "diamond", "top"),
    ArmMark("random_top_cu", "as many random", NEUTRAL, "dash", "circle-open", "top"),
    ArmMark("random_top_cu_2", "random, again", NEUTRAL, "dot", "x", "top"),
    ArmMark("scu_all_cu", "SCU + all CU", MARKS["complex"].colour, "longdash", "square", "all"),
    ArmMark("random_all_cu", "as many random, all", NEUTRAL, "dash", "circle-open", "all"),
    ArmMark("lora", "LoRA", MARKS["harmed"].colour, "dashdot", "triangle-up", "other"),
    ArmMark("mixture", "with refusals among", MARKS["defended"].colour, "dash", "square", "other"))


def colour_of(arm: ArmMark, look: Look) -> str:
    """Return an arm's colour: ink where nothing is frozen."""
    return arm.colour or look.ink


def series(figure: go.Figure, look: Look, points: pd.DataFrame, mark: Mark, *, x: str, name: str, hover: list[str],
           errors: dict[str, object] | None = None, axes: dict[str, str] | None = None, width: float = 3.0, legend: bool = False,
           size: float = 10) -> None:
    """Draw the rows of ``over`` as one line with markers: ``value`` against column ``x``, with its interval where there is one."""
    figure.add_scatter(
        x=points[x], y=points["value"], mode="lines+markers", name=name, legendgroup=name, showlegend=legend, text=hover,
        error_y=errors, hovertemplate="%{text}<extra></extra>",
        line={"color": mark.colour, "width": look.size(width), "dash": mark.dash},
        marker={"size": look.size(size), "symbol": mark.symbol, "color": mark.colour, "line": {"width": 2, "color": mark.colour}},
        **(axes or {}))


def spread(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """Return heights near ``places`` and in their order, at least ``gap`` apart and between ``low`` and ``high`` where they fit."""
    order = sorted(range(len(places)), key=places.__getitem__)
    found = [0.0] * len(places)
    last = low - gap
    for index in order:
        last = found[index] = max(places[index], last + gap)
    ceiling = high
    for index in reversed(order):
        ceiling = found[index] = min(found[index], ceiling)
        ceiling -= gap
    return found
