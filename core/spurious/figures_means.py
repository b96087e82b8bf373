"""What every figure of the room is drawn from: means and intervals over the seeds of a run, and the words for rules and measures."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.estimate import Estimate, over_seeds
from core.lab.figure import Look, band, label
from core.lab.palette import MARKS, NEUTRAL, Mark, faint
from core.lab.runs import Run

LONGEST_ALT = 159
NAME_ROOM = 0.13  # height of a name of two lines, as a share of a figure
FRACTION = (0.0, 1.0)
MEASURES = {
    "reliance": "misled by the cue", "worst_group_accuracy": "worst-group accuracy", "average_accuracy": "average accuracy",
    "harmed_accuracy": "harmed-group accuracy"}
TREATED, ORACLE = MARKS["defended"], Mark(MARKS["defended"].colour, "solid", (1, 0), "diamond")
CONTROL = Mark(NEUTRAL, "dot", (2, 3), "circle-open")
STYLES = {
    "hardest": TREATED, "random": CONTROL, "easiest": Mark(NEUTRAL, "dash", (8, 5), "triangle-down-open"),
    "others_hardest": Mark(NEUTRAL, "longdash", (14, 5), "x-thin-open"), "oracle_hardest": ORACLE, "oracle_random": CONTROL,
    "oracle_easiest": Mark(NEUTRAL, "dash", (8, 5), "triangle-down-open"), "inferred_hardest": ORACLE}
SHORT = {
    "hardest": "hardest", "random": "random", "easiest": "easiest", "others_hardest": "hardest but no carriers",
    "oracle_hardest": "hardest carriers", "oracle_random": "random carriers", "oracle_easiest": "easiest carriers",
    "inferred_hardest": "hardest inferred carriers"}


def means(table: pd.DataFrame, keys: list[str], columns: list[str], bounds: tuple[float, float] = FRACTION) -> pd.DataFrame:
    """Return one row per combination of ``keys`` in first-seen order, each column with its mean, ``_low`` and ``_high`` over seeds.

    Where there are too few seeds for an interval its ends are NaN. A value that is NaN in some seed makes the mean NaN, as
    everywhere in the house.
    """
    rows = []
    for key, part in table.groupby(keys, sort=False, dropna=False):
        row = dict(zip(keys, key, strict=True))
        for column in columns:
            found = over_seeds(part[column].tolist(), bounds)
            row |= {column: found.value, f"{column}_low": _end(found.low), f"{column}_high": _end(found.high)}
        rows.append(row)
    ends = [name for column in columns for name in (column, f"{column}_low", f"{column}_high")]
    return pd.DataFrame(rows, columns=[*keys, *ends])


def _end(value: float | None) -> float:
    return np.nan if value is None else value


def said(row: object, column: str, unit: str = "%") -> str:
    """Return mean and interval of one row in words, for example ``65.1% (57.0 to 73.2%)``."""
    low, high = getattr(row, f"{column}_low"), getattr(row, f"{column}_high")
    value = Estimate(getattr(row, column), None if np.isnan(low) else low, None if np.isnan(high) else high, 3)
    text = words.number(value.value, unit)
    return text if value.low is None else f"{text} ({words.interval(value, unit)})"


def whiskers(values: pd.DataFrame, column: str, look: Look, colour: str = NEUTRAL) -> dict[str, object]:
    """Return plotly's error bars for a column with its interval; none where there is no interval."""
    high = (values[f"{column}_high"] - values[column]).fillna(0.0)
    low = (values[column] - values[f"{column}_low"]).fillna(0.0)
    return {"type": "data", "symmetric": False, "array": high, "arrayminus": low, "color": faint(colour, 0.7),
            "thickness": look.size(3), "width": 0}


def line(figure: go.Figure, look: Look, points: pd.DataFrame, mark: Mark, *, x: str, y: str, name: str, hover: list[str],
         width: float = 3.0, with_band: bool = False) -> None:
    """Draw one series with markers, and the band of its interval where asked for and known."""
    if with_band and points[f"{y}_low"].notna().all():
        band(figure, points[x], points[f"{y}_low"], points[f"{y}_high"], mark.colour)
    figure.add_scatter(
        x=points[x], y=points[y], mode="lines+markers", name=name, text=hover, hovertemplate="%{text}<extra></extra>",
        line={"color": mark.colour, "width": look.size(width), "dash": mark.dash},
        marker={"size": look.size(9), "symbol": mark.symbol, "color": mark.colour, "line": {"width": 2, "color": mark.colour}})


def end_names(figure: go.Figure, look: Look, ends: list[tuple[str, float, float, bool]], *, low: float, high: float) -> None:
    """Write the names of lines to the right of the longest, spread so that no two touch.

    Args:
        figure: Holds the lines; its horizontal axis must leave room to the right.
        look: Ink and scale.
        ends: Name, last place, last height, and whether it is the main line.
        low: Bottom of the vertical axis.
        high: Top of it.
    """
    ordered = sorted(ends, key=lambda end: end[2])
    gap = NAME_ROOM * look.scale * (high - low)
    places: list[float] = []
    for _, _, height, _ in ordered:
        places.append(max(height, places[-1] + gap if places else low + gap / 2))
    ceiling = high - gap / 4
    for place in reversed(range(len(places))):
        places[place] = min(places[place], ceiling)
        ceiling = places[place] - gap
    right = max(x for _, x, _, _ in ends)
    for (text, x, height, is_main), place in zip(ordered, places, strict=True):
        label(figure, look, text, x=x, y=height, shift=(20, 0), bold=is_main)
        figure.layout.annotations[-1].update(axref="x", ax=right * 1.06, ayref="y", ay=place, align="left")


def names_of(run: Run) -> tuple[str, str]:
    """Return the names of the biased and of the harmed class."""
    by_role = run.results[0].classes.set_index("role")["name"]
    return str(by_role["biased"]), str(by_role["harmed"])


def clean_level(run: Run, column: str = "reliance", scenario: str = "main") -> float:
    """Return the mean of a measure for the network that never saw the cue, on a scenario's exam; NaN where the run lacks it."""
    table = run.table("sweep")
    found = table.loc[(table["rule"] == "clean") & (table["scenario"] == scenario), column]
    return float(found.mean()) if len(found) else float("nan")


def percent_axis(figure: go.Figure, axis: str, low: float, high: float) -> None:
    """Set the range of an axis of fractions and write its ticks as per cent."""
    getattr(figure, f"update_{axis}axes")(range=[low, high], tickformat=".0%")
