"""Figures of what the judges say, of how stable the categories are, and of what other ways to scale the scores would find."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas
from core.lab.palette import MARKS, NEUTRAL
from core.lab.panels import legend_above, over, rows_named, said, side_by_side, whiskers
from core.lab.runs import Run
from core.safety.categories import CATEGORIES
from core.safety.config import NORMALISATIONS
from core.safety.marks import GROUPS, HATCHES, JUDGE_MARKS, JUDGES, NAMES, STATES, series

MANY_BLOCKS = 12  # from which bars would be too thin
LANES = (0.24, 0.0, -0.24)  # the judges of one state, so that equal shares do not hide each other


def states_of(run: Run) -> dict[str, str]:
    """Return the states of the model that a run judged, with their titles, in the order of figures."""
    table = run.table("states")
    titles = dict(zip(table["state"], table["title"], strict=True))
    return {state: titles[state] for state in (*STATES, *titles) if state in titles}


def judges(run: Run, look: Look) -> go.Figure | None:
    """Return how often each state of the model refuses, by three judges: requests to be refused, and ordinary ones beside them."""
    table, titles = run.table("states"), states_of(run)
    if table.empty:
        return None
    figure = canvas(look, x="", y="", height=int(max(look.height, (120 + 38 * len(titles)) * look.scale)))
    places = side_by_side(figure, look, ["to refuse", "ordinary"])
    heights = np.arange(len(titles), 0, -1)
    for index, (prefix, axes) in enumerate(zip(("", "false_"), places, strict=True)):
        for (judge, symbol), lane in zip(JUDGE_MARKS.items(), LANES, strict=True):
            rows = over(table, ["state"], prefix + judge, (0.0, 1.0)).set_index("state", drop=False).loc[list(titles)]
            figure.add_scatter(
                x=rows["value"], y=heights + lane, mode="markers", name=JUDGES[judge].lower(), legendgroup=judge, cliponaxis=False,
                showlegend=index == 0, error_x=whiskers(rows, look, NEUTRAL),
                marker={"symbol": symbol, "size": look.size(10), "color": look.ink, "line": {"width": 2, "color": look.ink}},
                text=[f"<b>{titles[row.state]}</b><br>refused {JUDGES[judge].lower()}: {said(row)}" for row in rows.itertuples()],
                hovertemplate="%{text}<extra></extra>", **axes)
        figure.update_layout({f"xaxis{axes['xaxis'][1:]}": {"range": [-0.06, 1.06], "tickformat": ".0%", "tickvals": [0, 1]}})
    figure.update_yaxes(tickmode="array", tickvals=heights, ticktext=list(titles.values()), range=[0.4, len(titles) + 0.6])
    legend_above(figure)
    return figure


def alt_judges(run: Run) -> str:
    """Return what the three judges say of the aligned model."""
    table = run.table("states")
    mine = table[table["state"] == "aligned"]
    judged = ", ".join(f"{name.lower()} {mine[judge].mean():.0%}" for judge, name in JUDGES.items())
    return f"The aligned model refuses {judged}; of ordinary requests it refuses {mine['false_prefix'].mean():.0%} by prefix."


def stability(run: Run, look: Look) -> go.Figure | None:
    """Return how much of each category two calibration resamples agree on, with what random sets of its size would share."""
    table = run.table("stability")
    if table.empty:
        return None
    within = table.groupby(["seed", "category"], as_index=False, sort=False)[["overlap", "by_chance"]].mean()
    figure = canvas(look, x="units shared by two resamples", y="")
    order = [code for code in CATEGORIES if code in set(within["category"])]
    for column, name in (("overlap", "measured"), ("by_chance", "by chance")):
        rows = over(within, ["category"], column, (0.0, 1.0)).set_index("category", drop=False).loc[order]
        is_measured = column == "overlap"
        figure.add_scatter(
            x=rows["value"], y=[NAMES[code] for code in order], mode="markers", name=name,
            error_x=whiskers(rows, look, NEUTRAL) if is_measured else None,
            marker={"symbol": [GROUPS[code].symbol if is_measured else "line-ns-open" for code in order], "size": look.size(14),
                    "color": [GROUPS[code].colour if is_measured else NEUTRAL for code in order],
                    "line": {"width": 3 if not is_measured else 1, "color": [NEUTRAL if not is_measured else GROUPS[code].colour
                                                                           for code in order]}},
            text=[f"<b>{NAMES[row.category]}</b><br>{name}: {said(row)}" for row in rows.itertuples()],
            hovertemplate="%{text}<extra></extra>")
    rows_named(figure, [NAMES[code] for code in order])
    figure.update_xaxes(range=[-0.04, 1.05], tickformat=".0%")
    legend_above(figure, titles=False)
    return figure


def alt_stability(run: Run) -> str:
    """Return how far the categories of two resamples agree."""
    table = run.table("stability")
    if table.empty:
        return "The stability of the categories was not measured in this run."
    mean = table.groupby("category")["overlap"].mean()
    parts = ", ".join(f"{code} {mean[code]:.0%}" for code in CATEGORIES if code in mean)
    return f"Overlap of each category between calibration resamples, Jaccard: {parts}."


SHOWN = {"special": "SCU and UCU", "redundant": "RU"}
SHOWN_CODES = {"special": ("SCU", "UCU"), "redundant": ("RU",)}
SCALE_COLUMNS = {"prefix": "still refused", "perplexity": "perplexity"}


def scales(run: Run, look: Look) -> go.Figure | None:
    """Return what is left of refusals and utility when SCU are chosen by other ways to make scores comparable."""
    table = run.table("scales")
    if table.empty:
        return None
    share = run.request.config.scu_percent / 100
    table = table[(table["share"] - share).abs() == (table["share"] - share).abs().min()]
    names = [name for name in NORMALISATIONS if name in set(table["normalisation"])]
    figure = canvas(look, x="", y="")
    places, mark = side_by_side(figure, look, list(SCALE_COLUMNS.values()), gap=0.12), MARKS["safety-critical"]
    for (column, name), axes in zip(SCALE_COLUMNS.items(), places, strict=True):
        rows = over(table, ["normalisation"], column).set_index("normalisation", drop=False).loc[names]
        unit = "%" if column == "prefix" else ""
        figure.add_scatter(
            x=rows["value"], y=[NORMALISATIONS[one] for one in names], mode="markers", error_x=whiskers(rows, look, mark.colour),
            marker={"symbol": ["circle" if one == run.request.config.normalisation else "circle-open" for one in names],
                    "size": look.size(13), "color": mark.colour, "line": {"width": 2, "color": mark.colour}},
            text=[f"<b>{NORMALISATIONS[row.normalisation]}</b><br>{name}: {said(row, unit)}" for row in rows.itertuples()],
            hovertemplate="%{text}<extra></extra>", **axes)
        axis = {"range": [-0.06, 1.06], "tickformat": ".0%", "nticks": 3} if column == "prefix" else {
            "range": _room(rows), "nticks": 4}
        figure.update_layout({f"xaxis{axes['xaxis'][1:]}": axis})
    rows_named(figure, [NORMALISATIONS[one] for one in names])
    return figure


def _room(rows: pd.DataFrame) -> list[float]:
    low, high = float(rows["low"].min()), float(rows["high"].max())
    room = 0.15 * max(high - low, 0.1 * high)
    return [max(0.0, low - room), high + room]


def alt_scales(run: Run) -> str:
    """Return what removal leaves under each way to scale scores."""
    table = run.table("scales")
    if table.empty:
        return "Other score scales were left out of this run."
    mean = table.groupby("normalisation")["prefix"].mean()
    parts = ", ".join(f"{NORMALISATIONS[name].lower()} {words.number(mean[name], '%')}" for name in NORMALISATIONS if name in mean)
    return f"Still refused after removing SCU chosen by each score scale: {parts}."


def layers(run: Run, look: Look, *, shown: str = "special") -> go.Figure | None:
    """Return which share of each block's units is safety-critical and utility-critical, or redundant; attention and MLP side by side.

    Args:
        run: A finished run.
        look: Ink and scale.
        shown: A key of ``SHOWN``.
    """
    table = run.table("layers")
    if table.empty:
        return None
    of_module = table.groupby(["seed", "layer", "kind"])["n_units"].transform("sum")
    table = table.assign(share=table["n_units"] / of_module)
    blocks = sorted(int(layer) for layer in table["layer"].unique())
    figure = canvas(look, x="block", y="share of the module's units")
    places = side_by_side(figure, look, ["attention", "MLP"])
    top = 0.0
    for index, (kind, axes) in enumerate(zip(("attention", "mlp"), places, strict=True)):
        for code in SHOWN_CODES[shown]:
            rows = over(table[(table["kind"] == kind) & (table["category"] == code)], ["layer"], "share", (0.0, 1.0))
            if rows.empty:
                continue
            top = max(top, float(rows["value"].max()))
            hover = [f"<b>{NAMES[code]}</b><br>block {row.layer}: {said(row)} of its units" for row in rows.itertuples()]
            if len(blocks) > MANY_BLOCKS:
                series(figure, look, rows.sort_values("layer"), GROUPS[code], x="layer", name=NAMES[code], hover=hover, axes=axes,
                       legend=index == 0, size=6)
                continue
            figure.add_bar(
                x=rows["layer"], y=rows["value"], name=NAMES[code], legendgroup=code, showlegend=index == 0,
                marker={"color": GROUPS[code].colour, "pattern": {"shape": HATCHES[code], "size": 6}}, text=hover, textposition="none",
                hovertemplate="%{text}<extra></extra>", **axes)
        step = max(1, -(-len(blocks) // 6))
        figure.update_layout({f"xaxis{axes['xaxis'][1:]}": {
            "tickvals": blocks[::step], "range": [blocks[0] - 0.6, blocks[-1] + 0.6]}})
    figure.update_layout(barmode="group", bargap=0.15)
    figure.update_yaxes(range=[0, 1.1 * max(top, 0.01)], tickformat=".0%" if top > 0.05 else ".1%", nticks=5)
    legend_above(figure)
    return figure


def alt_layers(run: Run) -> str:
    """Return which module of which block holds most safety-critical units."""
    table = run.table("layers")
    mine = table[table["category"] == "SCU"].groupby(["kind", "layer"], as_index=False)["n_units"].sum()
    if mine.empty or not mine["n_units"].sum():
        return "This run holds no safety-critical units."
    top, share = mine.loc[mine["n_units"].idxmax()], mine.groupby("kind")["n_units"].sum() / mine["n_units"].sum()
    return (f"{share.get('mlp', 0.0):.0%} of the SCU are MLP units; the {'MLP' if top['kind'] == 'mlp' else 'attention'} of block "
            f"{top['layer']} holds most, {top['n_units'] / mine['n_units'].sum():.0%} of them.")
