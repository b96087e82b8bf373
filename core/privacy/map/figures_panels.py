"""The trade-off map as small multiples: one panel a defence, early stopping in ink in each, the same axes in all."""

from functools import partial

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Figure, Look, canvas, label
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.runs import Run
from core.privacy.map.curves import BASELINE
from core.privacy.map.figures_trade_off import KNOBS, LEAKS, PLAIN, TITLES, map_points, setting_words

HEIGHT = 270


def panel_of(curve: str) -> Figure:
    """Return the panel of one curve as a figure; how to read it is said once, below all panels."""
    return Figure(id=f"panel-{curve}", title=TITLES[curve], draw=partial(panel, curve=curve), alt=partial(alt, curve=curve), caption="")


def panel(run: Run, look: Look, *, curve: str, leak: str = "auc") -> go.Figure | None:
    """Return accuracy against leakage of one curve of the map, beside plain models stopped early.

    Args:
        run: A finished map.
        look: Ink and scale.
        curve: Id of the curve, not of the baseline.
        leak: Column of the points on the horizontal axis, a key of ``figures_trade_off.LEAKS``.
    """
    points = map_points(run, leak).dropna(subset=["leak", "test_accuracy"])
    if curve not in set(points["curve"]):
        return None
    title, chance, unit = LEAKS[leak]
    figure = canvas(look, x=title.partition(",")[0], y="test accuracy", height=int(HEIGHT * look.scale))
    figure.add_vline(x=chance, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    mark = MARKS["defended"]
    _line(figure, look, run, points, BASELINE, colour=look.ink, dash="solid", symbol="circle", unit=unit)
    _line(figure, look, run, points, curve, colour=mark.colour, dash=mark.dash, symbol=mark.symbol, unit=unit)
    _same_axes(figure, points, chance, unit)
    _strength(figure, look, points[points["curve"] == curve].sort_values("position"))
    figure.update_layout(margin={"t": 8})
    return figure


def _line(figure: go.Figure, look: Look, run: Run, points: pd.DataFrame, curve: str, *, colour: str, dash: str, symbol: str,
          unit: str) -> None:
    mine = points[points["curve"].isin([PLAIN, curve])].sort_values("position")
    hover = [f"<b>{TITLES[row.curve]}</b><br>{setting_words(run, row.curve, row.strength)}<br>"
             f"accuracy {words.number(row.test_accuracy, '%')}<br>leakage {words.number(row.leak, unit)}" for row in mine.itertuples()]
    bars = {"type": "data", "symmetric": False, "color": faint(NEUTRAL, 0.6), "thickness": look.size(2), "width": 0}
    of_seeds = {} if curve == BASELINE else {
        "error_x": {**bars, "array": mine["leak_high"] - mine["leak"], "arrayminus": mine["leak"] - mine["leak_low"]},
        "error_y": {**bars, "array": mine["test_accuracy_high"] - mine["test_accuracy"],
                    "arrayminus": mine["test_accuracy"] - mine["test_accuracy_low"]}}
    figure.add_scatter(
        x=mine["leak"], y=mine["test_accuracy"], mode="lines+markers", text=hover, hovertemplate="%{text}<extra></extra>",
        line={"color": colour, "width": look.size(3 if curve == BASELINE else 2.5), "dash": dash},
        marker={"size": look.size(9), "color": colour, "line": {"width": 2, "color": colour},
                "symbol": [symbol if front else f"{symbol}-open" for front in mine["is_front"]]}, **of_seeds)


def _strength(figure: go.Figure, look: Look, mine: pd.DataFrame) -> None:
    """Write the knob's value of the strongest point into the room below the curves, so that the curve has a direction."""
    end, (left, right), (bottom, top) = mine.iloc[-1], figure.layout.xaxis.range, figure.layout.yaxis.range
    label(figure, look, f"{KNOBS[end['curve']]} {end['strength']:g}", x=float(end["leak"]), y=float(end["test_accuracy"]),
          shift=(1, 1), bold=False)
    figure.layout.annotations[-1].update(
        axref="x", ayref="y", ax=left + 0.6 * (right - left), ay=bottom + 0.2 * (top - bottom), xanchor="center", yanchor="top")


def _same_axes(figure: go.Figure, points: pd.DataFrame, chance: float, unit: str) -> None:
    shown = points[points["curve"] != BASELINE]
    low, high = min(chance, float(points["leak"].min())), float(points["leak"].max())
    bottom, top = float(shown["test_accuracy"].min()), float(shown["test_accuracy"].max())
    width, height = max(high - low, 0.02), max(top - bottom, 0.02)
    figure.update_xaxes(range=[low - 0.05 * width, high + 0.25 * width], tickformat=".0%" if unit else ".2f", nticks=4)
    figure.update_yaxes(range=[bottom - 0.2 * height, top + 0.35 * height], tickformat=".0%", nticks=4)


def alt(run: Run, curve: str) -> str:
    """Return where the curve's strongest point lies."""
    points = map_points(run)
    end = points[points["curve"] == curve].sort_values("position").iloc[-1]
    return (f"{TITLES[curve]} at {KNOBS[curve]} {end['strength']:g}: AUC {end['leak']:.2f} at "
            f"{words.number(end['test_accuracy'], '%')} accuracy, beside early stopping.")
