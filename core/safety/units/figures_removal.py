"""Figures of removal: what is still refused, and what utility is left, against the share of units removed."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas, label
from core.lab.panels import over, said, whiskers
from core.lab.runs import Run
from core.safety.marks import GROUPS, LONG_NAMES, NAMES, series, spread

MEASURES = {"perplexity": "Perplexity", "accuracy": "Mini-evaluation", "false_prefix": "False refusals"}
AXES = {"perplexity": "perplexity of ordinary answers", "accuracy": "multiple choice right", "false_prefix": "ordinary requests refused"}
NAME_ROOM = 0.085  # height of a name, as a share of a figure
NAMES_AFTER = 0.13  # where names stand after the last share, in widths of the swept part
DODGE = {"SCU": 0.0, "UCU": 0.02, "CU": 0.0, "RU": -0.02, "random": 0.04}  # so that intervals do not hide each other
FAR_APART = 3  # largest over smallest perplexity from which the axis is logarithmic


def removal_rows(run: Run, column: str) -> pd.DataFrame:
    """Return mean and interval over seeds of a column for each group and share removed; random draws are averaged within a seed.

    The first row is the aligned model as it is: group none, share 0.
    """
    table = run.table("removal")
    within = table.groupby(["seed", "group", "share"], as_index=False, sort=False)[column].mean()
    return over_perplexities(within, ["group", "share"]) if column == "perplexity" else over(within, ["group", "share"], column, (0.0, 1.0))


def over_perplexities(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the rows of ``over`` for the column ``perplexity``, averaged over seeds as logarithms, so that no interval leaves the axis."""
    rows = over(table.assign(perplexity=np.log(table["perplexity"])), by, "perplexity")
    ends = ["value", "low", "high"]
    rows[ends] = np.exp(rows[ends])
    return rows


def refusals(run: Run, look: Look, *, judge: str = "prefix") -> go.Figure | None:
    """Return the share of requests still refused against the share of units removed, by category and for random units.

    Args:
        run: A finished run.
        look: Ink and scale.
        judge: A key of ``marks.JUDGES``.
    """
    figure = _curves(run, look, judge, y="requests still refused", unit="%")
    if figure is not None:
        figure.update_yaxes(range=[-0.04, 1.06], tickformat=".0%", nticks=6)
        _name_ends(figure, look, run, judge, -0.04, 1.06)
    return figure


def utility(run: Run, look: Look, *, measure: str = "perplexity") -> go.Figure | None:
    """Return perplexity, mini-evaluation or false refusals against the share of units removed.

    Args:
        run: A finished run.
        look: Ink and scale.
        measure: A key of ``MEASURES``.
    """
    is_share = measure != "perplexity"
    figure = _curves(run, look, measure, y=AXES[measure], unit="%" if is_share else "")
    if figure is None:
        return None
    if is_share:
        figure.update_yaxes(range=[-0.04, 1.06], tickformat=".0%", nticks=6)
        _name_ends(figure, look, run, measure, -0.04, 1.06)
    else:
        low, high, is_log = perplexity_axis(figure, removal_rows(run, measure))
        _name_ends(figure, look, run, measure, low, high, is_log=is_log)
    return figure


def perplexity_axis(figure: go.Figure, rows: pd.DataFrame) -> tuple[float, float, bool]:
    """Set the vertical axis for perplexities, logarithmic where they lie far apart; return its ends and whether it is.

    Args:
        figure: What is drawn.
        rows: Rows of ``over``.
    """
    least, most = float(rows["value"].min()), float(rows["value"].max())
    if most < FAR_APART * least:
        room = 0.12 * max(most - least, 0.1 * most)
        figure.update_yaxes(range=[least - room, most + room], nticks=5)
        return least - room, most + room, False
    low, high = math.log10(least), math.log10(most)
    room = 0.09 * (high - low)
    ticks = log_ticks(low - room, high + room)
    figure.update_yaxes(type="log", range=[low - room, high + room], tickmode="array", tickvals=ticks,
                        ticktext=[f"{tick:,.12g}" for tick in ticks])
    return low - room, high + room, True


def log_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return at most ``most`` round numbers between two powers of ten, given as exponents."""
    for steps in ((1, 1.5, 2, 3, 4, 5, 7), (1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10.0 ** power for power in range(math.floor(low), math.ceil(high) + 1) for step in steps]
        ticks = [tick for tick in ticks if low <= math.log10(tick) <= high]
        if len(ticks) <= most:
            return ticks
    return ticks[::math.ceil(len(ticks) / most)]


def _curves(run: Run, look: Look, column: str, *, y: str, unit: str) -> go.Figure | None:
    rows = removal_rows(run, column)
    swept = rows[rows["share"] > 0]
    if swept.empty:
        return None
    figure = canvas(look, x="share of all units removed", y=y)
    shares = sorted(swept["share"].unique())
    left, right = math.log10(shares[0]) - 0.12, math.log10(shares[-1]) + 0.12
    start = rows[rows["group"] == "none"]
    if len(start):
        figure.add_scatter(x=[10 ** left, shares[-1]], y=[float(start["value"].iloc[0])] * 2, mode="lines", name="intact",
                           line={"color": look.ink, "width": look.size(2.5), "dash": "solid"},
                           text=[said(start.iloc[0], unit)] * 2, hovertemplate="<b>intact: nothing removed</b><br>%{text}<extra></extra>")
    for group, mark in GROUPS.items():
        mine = swept[swept["group"] == group].sort_values("share")
        if len(mine):
            hover = [f"<b>{LONG_NAMES[group]}</b><br>{row.share:.2%} of units removed<br>{y}: {said(row, unit)}"
                     for row in mine.itertuples()]
            aside = mine.assign(share=mine["share"] * 10 ** (DODGE[group] * (right - left)))
            series(figure, look, aside, mark, x="share", name=NAMES[group], hover=hover, errors=whiskers(mine, look, mark.colour))
    figure.update_xaxes(type="log", range=[left, right + 0.38 * (right - left)], tickmode="array", tickvals=_ticks(shares),
                        ticktext=[f"{100 * share:g}%" for share in _ticks(shares)])
    return figure


def _ticks(shares: Sequence[float]) -> list[float]:
    """Return at most six shares to write at the axis, far enough apart."""
    chosen: list[float] = []
    room = 0.09 * (math.log10(shares[-1]) - math.log10(shares[0]) + 0.3)
    for share in shares:
        if not chosen or math.log10(share) - math.log10(chosen[-1]) > room:
            chosen.append(float(share))
    return chosen[::math.ceil(len(chosen) / 6)]


def _name_ends(figure: go.Figure, look: Look, run: Run, column: str, low: float, high: float, *, is_log: bool = False) -> None:
    """Write the names of the lines to the right of the last share, spread so that no two touch."""
    rows = removal_rows(run, column)
    swept = rows.loc[rows["share"] > 0, "share"]
    right, span = swept.max(), math.log10(swept.max() / swept.min()) + 0.24
    ends = [("intact", rows[rows["group"] == "none"], False)] + [
        (NAMES[group], rows[(rows["group"] == group) & (rows["share"] > 0)], group == "SCU") for group in GROUPS]
    ends = [(name, mine.sort_values("share").iloc[-1], is_main) for name, mine, is_main in ends
            if len(mine) and mine["value"].notna().all()]
    heights = [math.log10(row["value"]) if is_log else float(row["value"]) for _, row, _ in ends]
    gap = NAME_ROOM * look.scale * (high - low)
    places = spread(heights, gap, low + gap / 2, high - gap / 2)
    for (name, row, is_main), height, place in zip(ends, heights, places, strict=True):
        x = math.log10(row["share"] or right)
        label(figure, look, name, x=x, y=height, shift=(20, 0), bold=is_main)
        figure.layout.annotations[-1].update(axref="x", ax=math.log10(right) + NAMES_AFTER * span, ayref="y", ay=place, align="left")


def alt_refusals(run: Run) -> str:
    """Return what is still refused at the share that the claims are about."""
    at = {name: words.number(run.estimate(f"refusal_{name}").value, "%") for name in ("aligned", "scu", "random")}
    share = run.request.config.scu_percent
    return (f"Of {at['aligned']} refused, {at['scu']} are left without {share:g}% of units called SCU, {at['random']} without random "
            "ones; logarithmic axis.")


def alt_utility(run: Run) -> str:
    """Return what removal does to perplexity."""
    at = {name: words.number(run.estimate(f"perplexity_ratio_{name}").value) for name in ("scu", "random", "ucu")}
    return (f"Perplexity is {at['scu']} times as high without SCU, {at['random']} times without random units, {at['ucu']} times without "
            "UCU; logarithmic axes.")
