"""Figures of alignment and transfer: what updating redundant units alone achieves, and which units change their category."""

import math

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import FONT, Look, canvas
from core.lab.palette import faint
from core.lab.panels import legend_above, over, said, whiskers
from core.lab.runs import Run
from core.safety.categories import CATEGORIES
from core.safety.marks import GROUPS, NAMES, series
from core.safety.units.figures_removal import over_perplexities, perplexity_axis

BUDGET_MEASURES = {"prefix": "Refused", "perplexity": "Perplexity", "accuracy": "Mini-evaluation", "false_prefix": "False refusals"}
BUDGET_AXES = {
    "prefix": "requests refused", "perplexity": "perplexity of ordinary answers", "accuracy": "multiple choice right",
    "false_prefix": "ordinary requests refused"}
EVENTS = {"attack": "Fine-tuning attack", "alignment": "Alignment", "resample": "Another calibration"}
ENDS = {"attack": ("aligned", "fine-tuned"), "alignment": ("before", "aligned"), "resample": ("one calibration", "another")}
STAYING = {"moved": "Units that move", "all": "All units"}


def budget(run: Run, look: Look, *, measure: str = "prefix", point: str = "equal_loss") -> go.Figure | None:
    """Return what alignment by redundant units alone achieves against the share of units that it may update.

    Args:
        run: A finished run.
        look: Ink and scale.
        measure: A key of ``BUDGET_MEASURES``.
        point: A key of ``figures_attack.POINTS``.
    """
    table = run.table("budget")
    table = table[table["point"].isin((point, "start"))] if len(table) else table
    if table.empty:
        return None
    unit = "" if measure == "perplexity" else "%"
    rows = over_perplexities(table, ["arm", "share"]) if unit == "" else over(table, ["arm", "share"], measure, (0.0, 1.0))
    few = rows[rows["arm"].isin(("ru", "random"))]
    shares = sorted(few["share"].unique())
    if not shares:
        return None
    figure = canvas(look, x="share of units updated", y=BUDGET_AXES[measure])
    ends_of = [math.log10(shares[0]) - 0.2, math.log10(shares[-1]) + 0.2]
    for arm, name, colour, dash in (("full", "all weights updated", look.ink, "solid"), ("start", "before alignment", look.ink, "dot")):
        mine = rows[rows["arm"] == arm]
        if len(mine):
            figure.add_scatter(x=[10 ** end for end in ends_of], y=[float(mine["value"].iloc[0])] * 2, mode="lines", name=name,
                               line={"color": colour, "width": look.size(2.5), "dash": dash},
                               text=[said(mine.iloc[0], unit)] * 2, hovertemplate=f"<b>{name}</b><br>%{{text}}<extra></extra>")
    for arm, group in (("ru", "RU"), ("random", "random")):
        mine, name = rows[rows["arm"] == arm].sort_values("share"), f"{NAMES[group]} only"
        if len(mine):
            hover = [f"<b>{name}</b><br>{row.share:.0%} of units updated<br>{said(row, unit)}" for row in mine.itertuples()]
            series(figure, look, mine, GROUPS[group], x="share", name=name, hover=hover, legend=True,
                   errors=whiskers(mine, look, GROUPS[group].colour))
    figure.update_xaxes(type="log", range=ends_of, tickmode="array", tickvals=shares, ticktext=[f"{100 * share:g}%" for share in shares])
    _budget_range(figure, rows, measure)
    legend_above(figure, titles=False)
    return figure


def budget_cost(run: Run, look: Look, *, measure: str = "perplexity", point: str = "equal_loss") -> go.Figure | None:
    """Return what the same trainings cost elsewhere; the options are those of ``budget``."""
    return budget(run, look, measure=measure, point=point)


def _budget_range(figure: go.Figure, rows: pd.DataFrame, measure: str) -> None:
    if measure != "perplexity":
        figure.update_yaxes(range=[-0.04, 1.06], tickformat=".0%", nticks=6)
        return
    perplexity_axis(figure, rows)


def alt_budget(run: Run) -> str:
    """Return what aligning redundant units alone achieves."""
    refused = run.estimate("budget_refusal")
    if math.isnan(refused.value):
        return "The alignment budget was left out of this run."
    return f"Updating redundant units alone teaches {words.number(refused.value, '%')} refusals at the middle budget; logarithmic axis."


def alt_budget_cost(run: Run) -> str:
    """Return what aligning redundant units alone saves."""
    saved, control = run.estimate("budget_saving"), run.estimate("budget_saving_random")
    if math.isnan(saved.value):
        return "The alignment budget was left out of this run."
    return (f"Log perplexity saved against updating all weights: {words.number(saved.value, signed=True)} by redundant units, "
            f"{words.number(control.value, signed=True)} by random ones; logarithmic axes.")


def events_of(run: Run) -> dict[str, str]:
    """Return the events whose flows a run counted, with their titles."""
    table = run.table("transfer")
    held = list(dict.fromkeys(table["event"])) if len(table) else []
    return {event: EVENTS.get(event, event.replace("_", " ").capitalize()) for event in (*EVENTS, *held) if event in held}


def flows(run: Run, event: str) -> pd.DataFrame:
    """Return mean shares of units over seeds by category before and after an event: before, after, share, n_units."""
    table = run.table("transfer")
    if table.empty:
        return table
    mine = table[table["event"] == event]
    n = mine["seed"].nunique()
    return mine.groupby(["before", "after"], as_index=False)[["share", "n_units"]].sum().assign(
        share=lambda rows: rows["share"] / n, n_units=lambda rows: rows["n_units"] / n)


def transfer(run: Run, look: Look, *, event: str = "attack", staying: str = "moved") -> go.Figure | None:
    """Return which units change their category in an event, as flows whose widths are shares of all units.

    Args:
        run: A finished run.
        look: Ink and scale.
        event: A key of ``EVENTS``.
        staying: ``moved`` leaves out units that stay CU, most of the model; ``all`` draws them too.
    """
    rows = flows(run, event)
    if rows.empty or not rows["share"].sum():
        return None
    totals = {side: rows.groupby(side)["share"].sum() for side in ("before", "after")}
    drawn = rows[(rows["share"] > 0) & ((staying == "all") | (rows["before"] != "CU") | (rows["after"] != "CU"))]
    places = {(side, code): index for index, (side, code) in enumerate(
        (side, code) for side in ("before", "after") for code in CATEGORIES if code in set(drawn[side]))}
    labels = [f"{NAMES[code]}, {100 * totals[side][code]:.2g}%" for side, code in places]
    figure = canvas(look, x="", y="")
    figure.add_sankey(
        arrangement="snap", textfont={"size": look.size(15), "color": look.ink, "family": FONT, "shadow": "none"}, valueformat=".2%",
        node={"label": labels, "color": [GROUPS[code].colour for _, code in places], "pad": 22, "thickness": 18, "line": {"width": 0},
              "hovertemplate": "<b>%{label}</b> of all units<extra></extra>"},
        link={"source": [places["before", code] for code in drawn["before"]], "target": [places["after", code] for code in drawn["after"]],
              "value": drawn["share"], "color": [faint(GROUPS[code].colour, 0.4) for code in drawn["before"]],
              "customdata": [f"{NAMES[row.before]} to {NAMES[row.after]}" for row in drawn.itertuples()],
              "hovertemplate": "<b>%{customdata}</b><br>%{value} of all units<extra></extra>"})
    ends = ENDS.get(event, ("before", "after"))
    for x, text, anchor in ((0.0, ends[0], "left"), (1.0, ends[1], "right")):
        figure.add_annotation(x=x, y=1.0, xref="paper", yref="paper", xanchor=anchor, yanchor="bottom", text=f"<b>{text}</b>",
                              showarrow=False, font={"size": look.size(16), "color": look.ink})
    figure.update_xaxes(visible=False, range=[0, 1])
    figure.update_yaxes(visible=False, range=[0, 1])
    figure.update_layout(margin={"t": 40, "b": 16})
    return figure


def alt_transfer(run: Run) -> str:
    """Return where the safety-critical units go in the attack."""
    rows = flows(run, "attack")
    mine = rows[rows["before"] == "SCU"] if len(rows) else rows
    if mine.empty or not mine["share"].sum():
        return "Transfer between categories was left out of this run."
    after = mine.set_index("after")["share"] / mine["share"].sum()
    parts = ", ".join(f"{code} {after[code]:.0%}" for code in CATEGORIES if after.get(code, 0.0) > 0)
    return f"After fine-tuning the units that were SCU are: {parts}; widths are shares of all units."
