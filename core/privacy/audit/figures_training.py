"""Figures of why a model leaks: training curves, early stopping, feature magnitudes, and leakage against the gap over runs."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.lab.figure import Look, band, canvas, label
from core.lab.palette import MARKS, NEUTRAL
from core.lab.runs import Run
from core.privacy.figure_parts import distributions

UPPER, LOWER = (0.57, 1.0), (0.0, 0.43)


def _spread(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return mean, 2.5th and 97.5th percentile of a column per epoch, over targets and seeds."""
    grouped = table.groupby("epoch")[column]
    return pd.DataFrame({"value": grouped.mean(), "low": grouped.quantile(0.025), "high": grouped.quantile(0.975)}).reset_index()


def early_stopping(run: Run, look: Look) -> go.Figure | None:
    """Return leakage above the loss gap, epoch by epoch: two panels that share the epochs."""
    table = run.table("early_stopping")
    if table.empty:
        return None
    figure = canvas(look, x="epoch", y="AUC, loss threshold", height=int(look.height * 1.1))
    leak, shuffled, gap = (_spread(table, column) for column in ("auc", "auc_shuffled", "loss_gap"))
    last = float(leak["epoch"].max())
    _panel(figure, look, leak, "AUC", axis="y")
    figure.add_scatter(x=shuffled["epoch"], y=shuffled["value"], mode="lines",
                       line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"},
                       hovertemplate="<b>shuffled membership</b><br>AUC %{y:.2f}<br>after epoch %{x}<extra></extra>")
    _panel(figure, look, gap, "loss gap", axis="y2")
    axis = figure.layout.yaxis.to_plotly_json()
    top = max(float(leak["high"].max()), 0.55)
    figure.update_layout(
        yaxis={"domain": UPPER, "range": [min(0.48, float(leak["low"].min())), top + 0.12 * (top - 0.48)], "tickformat": ".2f",
               "nticks": 4, "title": {"text": "AUC"}},
        yaxis2={**axis, "domain": LOWER, "anchor": "x", "title": {**axis["title"], "text": "loss gap"}, "nticks": 4,
                "range": [min(0.0, float(gap["low"].min())), max(0.01, float(gap["high"].max())) * 1.1]},
        xaxis={"anchor": "y2", "range": [0, last * 1.02]})
    middle = leak.iloc[len(leak) // 2]
    label(figure, look, "shuffled membership", x=float(middle["epoch"]), y=0.5, shift=(40, -26), bold=False)
    return figure


def _panel(figure: go.Figure, look: Look, rows: pd.DataFrame, what: str, *, axis: str) -> None:
    start = len(figure.data)
    band(figure, rows["epoch"], rows["low"], rows["high"], NEUTRAL)
    figure.add_scatter(
        x=rows["epoch"], y=rows["value"], mode="lines+markers", line={"color": look.ink, "width": look.size(3.5)},
        marker={"size": look.size(6), "color": look.ink},
        text=[f"<b>{what} {row.value:.2f}</b><br>middle 95% of targets: {row.low:.2f} to {row.high:.2f}<br>after epoch {row.epoch:g}"
              for row in rows.itertuples()], hovertemplate="%{text}<extra></extra>")
    for trace in figure.data[start:]:
        trace.yaxis = axis


def curves(run: Run, look: Look) -> go.Figure | None:
    """Return the loss on training and test images over the epochs, mean over models with the middle 95 % as band."""
    table = run.table("curves")
    if table.empty:
        return None
    figure = canvas(look, x="epoch", y="loss")
    ends, top = {}, 0.1
    for meaning, words_, column in (("non-member", "test images", "test_loss"), ("member", "training images", "train_loss")):
        rows = _spread(table[table[column].notna()], column)
        if rows.empty:
            continue
        mark = MARKS[meaning]
        band(figure, rows["epoch"], rows["low"], rows["high"], mark.colour)
        figure.add_scatter(x=rows["epoch"], y=rows["value"], mode="lines",
                           line={"color": mark.colour, "width": look.size(3), "dash": mark.dash},
                           hovertemplate=f"<b>{words_}</b><br>loss %{{y:.2f}}<br>after epoch %{{x}}<extra></extra>")
        ends[words_] = rows
        top = max(top, float(rows["high"].max()))
    last = max(float(rows["epoch"].max()) for rows in ends.values())
    figure.update_xaxes(range=[0, last * 1.02])
    figure.update_yaxes(range=[0, top * 1.06])
    _name_ends(figure, look, ends, top)
    return figure


def _name_ends(figure: go.Figure, look: Look, ends: dict[str, pd.DataFrame], top: float) -> None:
    """Name each curve at its right end, above its band; the lower name goes under its line where the bands are too close."""
    lasts = {words_: rows.iloc[-1] for words_, rows in ends.items()}
    floor = max((float(row["high"]) for row in lasts.values()), default=0.0)
    for words_, row in lasts.items():
        gap = min((float(other["low"]) for name, other in lasts.items() if name != words_), default=floor) - float(row["high"])
        above = float(row["high"]) >= floor or gap > 0.1 * top
        figure.add_annotation(
            x=float(row["epoch"]), y=float(row["high"] if above else row["low"]), text=f"<b>{words_}</b>", showarrow=False,
            xanchor="right", yanchor="bottom" if above else "top", yshift=3 if above else -3,
            font={"size": look.size(16), "color": look.ink})


def feature_norms(run: Run, look: Look) -> go.Figure | None:
    """Return how long the representations of members and non-members are, on shared bins."""
    table = run.table("feature_norms")
    if table.empty:
        return None
    first = table[table["seed"] == table["seed"].iloc[0]].reset_index(drop=True)
    return distributions(look, first["left"].to_numpy(), first["right"].to_numpy(), first["members"].to_numpy(),
                         first["non_members"].to_numpy(), axis="length of the representation")


def leakage_against_gap(points: pd.DataFrame, look: Look, *, current: str) -> go.Figure | None:
    """Return one dot per stored run: attack AUC against the generalisation gap, the run on show filled.

    Args:
        points: Columns run, words, gap (fraction), auc, auc_low, auc_high.
        look: Ink and scale.
        current: Id of the run on show.
    """
    rows = points.dropna(subset=["gap", "auc"])
    if rows.empty:
        return None
    figure = canvas(look, x="generalisation gap, points", y="attack AUC")
    gap = 100 * rows["gap"].to_numpy()
    bars = {"type": "data", "symmetric": False, "array": (rows["auc_high"] - rows["auc"]).fillna(0),
            "arrayminus": (rows["auc"] - rows["auc_low"]).fillna(0), "color": NEUTRAL, "thickness": look.size(2), "width": 0}
    mine = (rows["run"] == current).to_numpy()
    figure.add_scatter(
        x=gap, y=rows["auc"], mode="markers", error_y=bars,
        marker={"size": np.where(mine, look.size(15), look.size(11)), "color": look.ink, "opacity": 1,
                "symbol": np.where(mine, "circle", "circle-open"), "line": {"width": 2, "color": look.ink}},
        text=rows["words"], hovertemplate="<b>%{text}</b><br>AUC %{y:.2f}<br>gap %{x:.1f} points<extra></extra>")
    figure.add_hline(y=0.5, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    low, high = min(0.0, float(gap.min())), max(5.0, float(gap.max()))
    figure.update_xaxes(range=[low - 0.06 * (high - low), high * 1.15])
    top = max(0.6, float(rows["auc"].max()))
    figure.update_yaxes(range=[0.47, min(1.03, top + 0.15)], tickformat=".2f")
    if mine.any():
        at = int(np.flatnonzero(mine)[0])
        right = gap[at] > 0.55 * high
        label(figure, look, "on show", x=float(gap[at]), y=float(rows["auc"].iloc[at]), shift=(-34 if right else 34, -34))
    label(figure, look, "chance", x=float(low + 0.5 * (high - low)), y=0.5, shift=(30, -26), bold=False)
    return figure
