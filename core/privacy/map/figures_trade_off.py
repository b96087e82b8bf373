"""The trade-off map: accuracy kept against leakage left, one curve per defence, early stopping in ink, the Pareto front filled."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.estimate import over_seeds
from core.lab.figure import Look, canvas, label
from core.lab.palette import NEUTRAL, SERIES, faint
from core.lab.panels import legend_above
from core.lab.runs import Run
from core.measures.pareto import on_front
from core.privacy.map.curves import BASELINE, CURVES

PLAIN = "plain"
TITLES = {PLAIN: "Plain", BASELINE: "Early stopping", **{curve.id: curve.title for curve in CURVES}}
KNOBS = {BASELINE: "stopped after epoch", **{curve.id: curve.knob.lower() for curve in CURVES}}
LEAKS = {"auc": ("attack AUC, LiRA online", 0.5, ""), "auc_loss": ("attack AUC, loss threshold", 0.5, ""),
         "tpr_at_1_percent": ("members found at 1% alarms", 0.01, "%")}
ORDER = {curve.id: {value: position for position, value in enumerate(curve.values)} for curve in CURVES}
MOST_NAMED = 4  # curves that names at their ends still tell apart
LINE, MARGINS = 21, 70  # pixels of one line of text, and of a figure that are not its plane
LINES = (("solid", "circle"), ("dash", "square"), ("dashdot", "diamond"), ("longdash", "triangle-up"), ("dot", "cross"),
         ("longdashdot", "star"))


def map_points(run: Run, leak: str = "auc") -> pd.DataFrame:
    """Return one row per point with means and 95 % intervals over seeds, in curve order.

    Columns: curve, strength, position, test_accuracy, test_accuracy_low, test_accuracy_high, leak, leak_low, leak_high, is_front.
    Ends of intervals are the mean itself where there are too few seeds.
    """
    table, rows = run.table("points"), []
    for (curve, strength), part in table.groupby(["curve", "strength"], sort=False):
        position = ORDER.get(curve, {}).get(strength, int(part["position"].iloc[0]))  # weak to strong as the catalogue has it now
        row = {"curve": curve, "strength": float(strength), "position": position}
        for column, name in (("test_accuracy", "test_accuracy"), (leak, "leak")):
            estimate = over_seeds(part[column].tolist(), (0.0, 1.0))
            row |= {name: estimate.value, f"{name}_low": estimate.value if estimate.low is None else estimate.low,
                    f"{name}_high": estimate.value if estimate.high is None else estimate.high}
        rows.append(row)
    points = pd.DataFrame(rows)
    return points.assign(is_front=on_front(points["test_accuracy"].to_numpy(), points["leak"].to_numpy()))


def setting_words(run: Run, curve: str, strength: float) -> str:
    """Return the knob of a point with its value, such as ``ring radius 15``; epsilon never without delta; empty for plain models."""
    if curve == PLAIN:
        return ""
    delta = f" at δ = {run.request.config.defence('relaxloss').dp_delta:g}" if curve == "dp_sgd" else ""
    return f"{KNOBS[curve]} {strength:g}{delta}"


def trade_off(run: Run, look: Look, *, leak: str = "auc", focus: str = "") -> go.Figure | None:
    """Return the map; up and to the left is better.

    Args:
        run: A finished map.
        look: Ink and scale.
        leak: Column of the points on the horizontal axis, one of ``LEAKS``.
        focus: The one curve that keeps its colour beside early stopping; empty for all. Every marker carries curve and strength.
    """
    points = map_points(run, leak).dropna(subset=["leak", "test_accuracy"])
    if points.empty:
        return None
    title, chance, unit = LEAKS[leak]
    height = look.height if look.scale > 1 else int(look.height * 1.25)  # a projector has room for no more
    figure = canvas(look, x=title, y="test accuracy", height=height)
    curves = [name for name in points["curve"].unique() if name not in (PLAIN, BASELINE)]
    for order, curve in enumerate(curves):
        dash, symbol = LINES[order % len(LINES)]
        colour = SERIES[order % len(SERIES)] if focus in ("", curve) else faint(NEUTRAL, 0.5)
        _curve(figure, look, run, points, curve, colour=colour, dash=dash, symbol=symbol, unit=unit)
    _curve(figure, look, run, points, BASELINE, colour=look.ink, dash="solid", symbol="circle", unit=unit)
    named = [focus] if focus in curves else curves
    is_crowded = len(named) > MOST_NAMED
    room = 0.0 if is_crowded else _room_for(len(named) + 1, look, height)
    _axes(figure, look, points, chance, unit, room)
    if is_crowded:  # leaders would cross: colour, dash and symbol tell the curves apart, and a legend names them
        legend_above(figure, titles=False)
    else:
        _names(figure, look, points, named, room)
    return figure


def _room_for(n_names: int, look: Look, height: int) -> float:
    """Return the room that names take below the points, as a multiple of the points' own span: a line of text for each."""
    share = min(0.45, n_names * LINE * look.scale / (height - MARGINS))
    return 1.25 * share / (1 - share)


def _curve(figure: go.Figure, look: Look, run: Run, points: pd.DataFrame, curve: str, *, colour: str, dash: str, symbol: str,
           unit: str) -> None:
    mine = points[points["curve"].isin([PLAIN, curve])].sort_values("position")
    if curve not in set(mine["curve"]):
        return
    bars = {"type": "data", "symmetric": False, "color": faint(NEUTRAL, 0.6), "thickness": look.size(1.5), "width": 0,
            "visible": colour == look.ink or colour in SERIES}
    hover = [f"<b>{TITLES[row.curve]}</b><br>" + (f"{setting_words(run, row.curve, row.strength)}<br>" if row.curve != PLAIN else "")
             + f"accuracy {words.number(row.test_accuracy, '%')}<br>leakage {words.number(row.leak, unit)} "
             + f"({words.number(row.leak_low, unit)} to {words.number(row.leak_high, unit)})"
             + ("<br>on the Pareto front" if row.is_front else "") for row in mine.itertuples()]
    figure.add_scatter(
        x=mine["leak"], y=mine["test_accuracy"], mode="lines+markers", name=TITLES[curve], text=hover,
        customdata=mine[["curve", "strength"]].to_numpy(dtype=object).tolist(), hovertemplate="%{text}<extra></extra>",
        line={"color": colour, "width": look.size(3.5 if curve == BASELINE else 2), "dash": dash},
        marker={"size": look.size(10), "color": colour, "symbol": [symbol if front else f"{symbol}-open" for front in mine["is_front"]],
                "line": {"width": 2, "color": colour}},
        error_x={**bars, "array": mine["leak_high"] - mine["leak"], "arrayminus": mine["leak"] - mine["leak_low"]},
        error_y={**bars, "array": mine["test_accuracy_high"] - mine["test_accuracy"],
                 "arrayminus": mine["test_accuracy"] - mine["test_accuracy_low"]})


def _axes(figure: go.Figure, look: Look, points: pd.DataFrame, chance: float, unit: str, room: float) -> None:
    low, high = min(chance, float(points["leak"].min())), float(points["leak"].max())
    shown = points[points["curve"] != BASELINE]  # early stopping ends at chance in both, which would press all else together
    bottom, top = float(shown["test_accuracy"].min()), float(shown["test_accuracy"].max())
    width, height = max(high - low, 0.02), max(top - bottom, 0.02)
    figure.update_xaxes(range=[low - 0.04 * width, high + 0.2 * width], tickformat=".0%" if unit else ".2f")
    figure.update_yaxes(range=[bottom - (room + 0.05) * height, top + 0.2 * height], tickformat=".0%")
    figure.add_vline(x=chance, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})


def _names(figure: go.Figure, look: Look, points: pd.DataFrame, curves: list[str], room: float) -> None:
    """Name every curve below its strongest point that is shown, since the room under the curves is empty.

    Each name has a row of its own, and outer points the lower rows: no leader line crosses a name, however narrow the screen.
    """
    plain = points[points["curve"] == PLAIN].iloc[0]
    label(figure, look, "plain", x=float(plain["leak"]), y=float(plain["test_accuracy"]), shift=(26, -26))
    shown = points.loc[points["curve"] != BASELINE, "test_accuracy"]
    floor, height = float(shown.min()), max(float(shown.max() - shown.min()), 0.02)
    ends = points[points["curve"].isin([*curves, BASELINE]) & (points["test_accuracy"] >= floor)]
    ends = ends.sort_values("position").groupby("curve", sort=False).last().reset_index()
    left, right = figure.layout.xaxis.range
    middle = left + 0.55 * (right - left)  # beyond it a name stands to the left: on a telephone there is no room on the far side
    ends = ends.assign(outer=(ends["leak"] - middle).abs()).sort_values("outer")
    for order, end in enumerate(ends.itertuples()):
        label(figure, look, TITLES[end.curve], x=end.leak, y=end.test_accuracy, shift=(22 if end.leak < middle else -22, 0),
              bold=end.curve == BASELINE)
        row = floor - room * (order + 1) / (len(ends) + 0.5) * height
        figure.layout.annotations[-1].update(ayref="y", ay=row)


def alt(run: Run) -> str:
    """Return which curve leaves least leakage near the plain models' accuracy."""
    points = map_points(run).dropna(subset=["leak"])
    best = points.loc[np.where(points["is_front"], points["leak"], np.inf).argmin()]
    return (f"{int(points['is_front'].sum())} of {len(points)} points are on the Pareto front; least leaks "
            f"{TITLES[best['curve']]}: AUC {best['leak']:.2f} at {words.number(best['test_accuracy'], '%')} accuracy.")


def alt_rates(run: Run) -> str:
    """Return how many members the plain models give away at 1 % false alarms, and the least of any defence."""
    points = map_points(run, "tpr_at_1_percent").dropna(subset=["leak"])
    if points.empty:
        return "The sample is too small to show how many members are found at 1% false alarms."
    plain = points[points["curve"] == PLAIN]["leak"]
    before = words.number(float(plain.iloc[0]) if len(plain) else None, "%")
    least = words.number(float(points["leak"].min()), "%")
    return f"At 1% false alarms {before} of the plain models' members are found, and at the strongest defence {least}."
