"""The figures of repairs: gap against size, every arm beside its family's plain one, head and tail, bits by layer."""

import textwrap

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.compression.frames import FAMILIES, over
from core.compression.points import FLOAT, PLAIN, SHAM, SHAM_PRUNE
from core.lab import words
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.runs import Run
from core.measures.pareto import on_front

HARM, MEND = MARKS["harmed"], MARKS["defended"]
REFERENCES = {FLOAT: "Float", SHAM: "Float, trained further", SHAM_PRUNE: "Float, trained further",
              "finetuned-balanced": "Float, balanced sampling"}
OF_THE_OTHER = {"quantise": SHAM_PRUNE, "prune": SHAM}  # each family has a sham at its own learning rate
ACROSS = {FLOAT: "solid", "finetuned-balanced": "dash"}
MEASURES = {"gap": ("Gap", "best minus worst group, points"), "tail": ("Small groups", "accuracy of small groups"),
            "accuracy": ("All groups", "accuracy, mean over groups")}


def arm_means(run: Run, column: str) -> pd.DataFrame:
    """Return one row per arm with mean and interval over seeds of a column, its title, family and mean size, in order."""
    table = run.table("arms")
    known = table.groupby("setting", sort=False, as_index=False).agg(
        title=("title", "first"), arm_title=("arm_title", "first"), family=("family", "first"), arm=("arm", "first"),
        size_bytes=("size_bytes", "mean"), weight_bits=("weight_bits", "mean"))
    return known.merge(over(table, "setting", known["setting"].tolist(), column), on="setting")


def front(run: Run, look: Look) -> go.Figure | None:
    """Return a row for every small network, the narrowest gap on top, with its size; those that none beats in both are in bold.

    Sizes are few, so that on an axis of sizes points would stand on one another without names. The float networks, many times
    larger, are lines across.
    """
    rows = arm_means(run, "gap")
    small = rows[rows["family"] != "none"].sort_values("value", ascending=False, ignore_index=True)
    figure = canvas(look, x="best minus worst group, points", y="", height=int((140 + 33 * len(small)) * look.scale))
    best, kinds = on_front(-small["value"].to_numpy(), small["size_bytes"].to_numpy()), _kinds(small)
    for kind, title, mark in (("plain", "no repair", HARM), ("repaired", "repaired", MEND)):
        mine = small[kinds == kind]
        bars = {"array": (100 * (mine["high"] - mine["value"])).fillna(0), "arrayminus": (100 * (mine["value"] - mine["low"])).fillna(0)}
        figure.add_scatter(
            x=100 * mine["value"], y=mine.index, mode="markers", name=title,
            marker={"size": look.size(12), "color": mark.colour, "line": {"width": 2, "color": mark.colour},
                    "symbol": np.where(mine["family"] == "prune", f"{mark.symbol}-open", mark.symbol)},
            error_x={"type": "data", "symmetric": False, **bars, "color": faint(NEUTRAL, 0.8), "thickness": look.size(2.5), "width": 0},
            text=[_hover(row) for row in mine.itertuples()], hovertemplate="%{text}<extra></extra>")
    for row in rows[rows["setting"].isin(ACROSS)].itertuples():
        figure.add_scatter(
            x=[100 * row.value] * 2, y=[-0.7, len(small) - 0.3], mode="lines",
            name=f"{REFERENCES[row.setting].lower()}, {row.size_bytes / 1024:,.0f} KB",
            line={"color": look.ink, "width": look.size(2), "dash": ACROSS[row.setting]}, text=[_hover(row)] * 2,
            hovertemplate="%{text}<extra></extra>")
    most = 18 if look.scale == 1 else 60  # a telephone is narrow, a projector is wide and low
    said = ["<br>".join(textwrap.wrap(f"{_row_words(row)}, {row.size_bytes / 1024:.0f} KB", most)) for row in small.itertuples()]
    figure.update_yaxes(tickmode="array", tickvals=list(range(len(small))), range=[-0.7, len(small) - 0.3],
                        tickfont={"size": look.size(13)},
                        ticktext=[f"<b>{text}</b>" if first else text for text, first in zip(said, best, strict=True)])
    low, high = 100 * float(rows["value"].min()), 100 * float(rows["value"].max())
    figure.update_xaxes(range=[max(0.0, low - 0.6 * (high - low)), high + 0.6 * (high - low)], nticks=5)
    figure.update_layout(showlegend=True)
    return figure


def _kinds(rows: pd.DataFrame) -> np.ndarray:
    return np.where(rows["family"] == "none", "float", np.where(rows["arm"] == PLAIN.id, "plain", "repaired"))


def _beside(rows: pd.DataFrame, family: str) -> pd.Series:
    """Return which arms stand in a family's figure: its own, and the float networks that they are held to."""
    return (rows["family"] == family) | (rows["setting"].isin(REFERENCES) & (rows["setting"] != OF_THE_OTHER[family]))


def _hover(row) -> str:
    interval = "" if np.isnan(row.low) else f" ({100 * row.low:.1f} to {100 * row.high:.1f})"
    return (f"<b>{row.title}</b><br>gap {100 * row.value:.1f} points{interval}<br>{row.size_bytes / 1024:.0f} KB, "
            f"{row.weight_bits:.2g} bits a weight")


def every_arm(run: Run, look: Look, *, family: str = "quantise", measure: str = "gap") -> go.Figure | None:
    """Return every arm of a family with its interval over seeds, beside the float network and its balanced fine-tuning.

    Args:
        run: A finished run.
        look: Ink and scale.
        family: ``quantise`` or ``prune``.
        measure: One of ``MEASURES``.
    """
    rows = arm_means(run, measure)
    rows = rows[_beside(rows, family)]
    rows = pd.concat([rows[rows["family"] == "none"], rows[rows["family"] == family]], ignore_index=True)
    if rows.empty:
        return None
    y, kinds = np.arange(len(rows))[::-1], _kinds(rows)
    colours = [{"float": look.ink, "plain": HARM.colour, "repaired": MEND.colour}[kind] for kind in kinds]
    symbols = [{"float": "circle", "plain": HARM.symbol, "repaired": MEND.symbol}[kind] for kind in kinds]
    figure = canvas(look, x=MEASURES[measure][1], y="", height=int(look.height * 1.15))
    figure.add_scatter(
        x=100 * rows["value"], y=y, mode="markers", marker={"size": look.size(12), "color": colours, "symbol": symbols},
        error_x={"type": "data", "symmetric": False, "array": (100 * (rows["high"] - rows["value"])).fillna(0),
                 "arrayminus": (100 * (rows["value"] - rows["low"])).fillna(0), "color": faint(NEUTRAL, 0.8),
                 "thickness": look.size(3), "width": 0},
        text=[f"<b>{row.title}</b><br>{100 * row.value:.1f}<br>{row.size_bytes / 1024:.0f} KB" for row in rows.itertuples()],
        hovertemplate="%{text}<extra></extra>")
    before = rows.loc[rows["setting"] == FLOAT, "value"]
    if len(before):
        figure.add_vline(x=100 * float(before.iloc[0]), line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    figure.update_yaxes(tickmode="array", tickvals=y.tolist(), ticktext=[_row_words(row) for row in rows.itertuples()],
                        range=[-0.7, len(rows) - 0.3], tickfont={"size": look.size(13)})
    low, high = (100 * float(rows[column].min() if column == "low" else rows[column].max()) for column in ("low", "high"))
    if np.isnan(low):
        low, high = 100 * float(rows["value"].min()), 100 * float(rows["value"].max())
    figure.update_xaxes(range=[max(0.0, low - 3), min(100.0, high + 3)], ticksuffix="%" if measure != "gap" else "")
    return figure


def _row_words(row) -> str:
    return REFERENCES.get(row.setting) or row.arm_title[:1].upper() + row.arm_title[1:]


def head_and_tail(run: Run, look: Look, *, family: str = "quantise") -> go.Figure | None:
    """Return what every arm leaves to the largest and to the smallest groups: accuracy of both ends, joined."""
    parts = {edge: arm_means(run, edge) for edge in ("head", "tail")}
    keep = _beside(parts["head"], family).to_numpy()
    head, tail = (part[keep] for part in (parts["head"], parts["tail"]))
    order = np.argsort((head["family"] == family).to_numpy(), kind="stable")
    head, tail = head.iloc[order].reset_index(drop=True), tail.iloc[order].reset_index(drop=True)
    y = np.arange(len(head))[::-1]
    figure = canvas(look, x="test accuracy", y="", height=int(look.height * 1.15))
    for place, low, high in zip(y, tail["value"], head["value"], strict=True):
        figure.add_scatter(x=[low, high], y=[place, place], mode="lines", hoverinfo="skip", showlegend=False,
                           line={"color": NEUTRAL, "width": look.size(2)})
    for rows, title, colour, symbol in ((head, "largest groups", look.ink, "circle"), (tail, "smallest groups", HARM.colour, HARM.symbol)):
        figure.add_scatter(x=rows["value"], y=y, mode="markers", name=title,
                           marker={"size": look.size(11), "color": colour, "symbol": symbol},
                           text=[f"<b>{row.title}</b><br>{title}: {100 * row.value:.1f}%" for row in rows.itertuples()],
                           hovertemplate="%{text}<extra></extra>")
    figure.update_yaxes(tickmode="array", tickvals=y.tolist(), ticktext=[_row_words(row) for row in head.itertuples()],
                        range=[-0.7, len(head) - 0.3], tickfont={"size": look.size(13)})
    low, high = min(head["value"].min(), tail["value"].min()), max(head["value"].max(), tail["value"].max())
    figure.update_xaxes(range=[max(0.0, low - 0.03), min(1.0, high + 0.03)], tickformat=".0%")
    figure.update_layout(showlegend=True)
    return figure


def allocation(run: Run, look: Look) -> go.Figure | None:
    """Return the bits of every layer under the budget: for the worst group, on average, and the same everywhere; mean over seeds."""
    table = run.table("allocation").groupby("layer", sort=False, as_index=False)[["n_weights", "uniform", "average", "worst"]].mean()
    figure = canvas(look, x="layer, by number of weights", y="bits a weight", height=int(look.height * 0.95))
    for column, title, colour, pattern in (
            ("uniform", "the same everywhere", look.ink, ""), ("average", "for all on average", NEUTRAL, "/"),
            ("worst", "for the worst group", MEND.colour, "x")):
        figure.add_bar(x=[f"{row.layer}<br>{row.n_weights:,.0f}" for row in table.itertuples()], y=table[column], name=title,
                       marker={"color": colour, "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.6)"}},
                       text=[f"<b>{title}</b><br>{value:.2g} bits" for value in table[column]], textposition="none",
                       hovertemplate="%{text}<extra></extra>")
    figure.update_layout(barmode="group", showlegend=True)
    figure.update_xaxes(showgrid=False, tickfont={"size": look.size(12)})
    return figure


def sensitivity(run: Run, look: Look) -> go.Figure | None:
    """Return what rounding one layer alone to the fewest bits costs largest and smallest groups."""
    table = run.table("sensitivity")
    fewest = table["bits"].min()
    known = run.table("groups")
    known = known[known["setting"] == FLOAT][["seed", "group", "edge"]]
    rows = table[table["bits"] == fewest].merge(known, on=["seed", "group"])
    means = rows.groupby(["seed", "layer", "edge"], as_index=False, sort=False)["excess_loss"].mean()
    layers = list(dict.fromkeys(table["layer"]))
    figure = canvas(look, x=f"the one layer at {fewest} bits", y="excess training loss, nats", height=int(look.height * 0.95))
    for edge, title, colour, symbol, away in (("head", "largest groups", look.ink, "circle", -0.1),
                                              ("tail", "smallest groups", HARM.colour, HARM.symbol, 0.1)):
        found = over(means[means["edge"] == edge], "layer", layers, "excess_loss")
        figure.add_scatter(
            x=[layers.index(layer) + away for layer in found["layer"]], y=found["value"], mode="markers", name=title,
            marker={"size": look.size(11), "color": colour, "symbol": symbol},
            error_y={"type": "data", "symmetric": False, "array": (found["high"] - found["value"]).fillna(0),
                     "arrayminus": (found["value"] - found["low"]).fillna(0), "color": faint(colour, 0.7), "thickness": look.size(2),
                     "width": 0},
            text=[f"<b>{title}</b><br>{row.layer}: {row.value:.3f} nats" for row in found.itertuples()],
            hovertemplate="%{text}<extra></extra>")
    figure.update_xaxes(tickmode="array", tickvals=list(range(len(layers))), ticktext=layers, range=[-0.6, len(layers) - 0.4],
                        tickfont={"size": look.size(12)})
    figure.update_layout(showlegend=True)
    return figure


def alt_front(run: Run) -> str:
    """Return the smallest gap and where it is."""
    rows = arm_means(run, "gap")
    small = rows[rows["family"].isin(FAMILIES)]
    best = small.loc[small["value"].idxmin()]
    return (f"The smallest gap of a compressed network is {100 * best['value']:.1f} points: {best['title']}, "
            f"{best['size_bytes'] / 1024:.0f} KB.")


def alt_arms(run: Run) -> str:
    """Return the gap of plain and balanced training at few bits."""
    plain, mended = run.estimate("qat_gap"), run.estimate("repaired_gap")
    return (f"At few bits the gap is {words.number(plain.value, 'pt')} without repair and {words.number(mended.value, 'pt')} with "
            "balanced sampling.")


def alt_ends(run: Run) -> str:
    """Return what balanced sampling gives to the tail and takes from the head."""
    tail, head = run.estimate("tail_repaired"), run.estimate("head_paid")
    return (f"At few bits balanced sampling gives small groups {words.number(tail.value, 'pt', signed=True)} and takes "
            f"{words.number(head.value, 'pt')} from large ones.")


def alt_allocation(run: Run) -> str:
    """Return the layer that gets most bits for the worst group."""
    table = run.table("allocation").groupby("layer", sort=False)["worst"].mean()
    return f"For the worst group, {table.idxmax()} gets most bits, {table.max():.2g}, and {table.idxmin()} fewest, {table.min():.2g}."


def alt_sensitivity(run: Run) -> str:
    """Return the layer whose rounding costs most."""
    table = run.table("sensitivity")
    costs = table[table["bits"] == table["bits"].min()].groupby("layer")["excess_loss"].mean()
    return f"Rounded alone to the fewest bits, {costs.idxmax()} costs most: {costs.max():.2f} nats on average over groups."


FRONT = Figure(
    id="front", title="Gap and size of every repair", draw=front, alt=alt_front,
    caption="Filled: rounded. Hollow: pruned. Further left is fairer. In bold: no other is both smaller and fairer. Upright lines: the "
            "float network as it is, and fine-tuned with balanced sampling. Bars: 95% over seeds.")
ARMS = Figure(
    id="arms", title="Every repair, one by one", draw=every_arm, alt=alt_arms,
    caption="Circle: float. Triangle: compressed without repair. Square: repaired. Dotted: the float network.")
ENDS = Figure(
    id="ends", title="Who gains, who pays", draw=head_and_tail, alt=alt_ends,
    caption="The shorter the line, the smaller the difference; where both ends move left, everybody pays.")
ALLOCATION = Figure(
    id="allocation", title="Bits by layer", draw=allocation, alt=alt_allocation,
    caption="The exact optimum under the budget, mean over seeds. One bit keeps signs; what that saves in a layer with many weights "
            "buys many bits for one with few.")
SENSITIVITY = Figure(
    id="sensitivity", title="What one layer costs", draw=sensitivity, alt=alt_sensitivity,
    caption="One layer is rounded, all else stays in float. Bars: 95% interval over seeds.")

FIGURES: tuple[Figure, ...] = (FRONT, ARMS, ENDS, ALLOCATION, SENSITIVITY)

