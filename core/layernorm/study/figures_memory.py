"""Figures of memorising: what became of the wrong labels, and whether stripping prevents or delays it."""

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.panels import legend_above, over, said, side_by_side
from core.lab.runs import Run
from core.layernorm.panels import TITLES, mark_of, panels_of, placements_of
from core.layernorm.variants import PLACEMENT_TITLES

SHARES = {"memorised": ("harmed", "/"), "random": ("neutral", "."), "recovered": ("defended", "")}
MATCHED, LOWEST_FIT = 0.95, 0.74  # where models are compared, and where the figure begins


def shares(run: Run, look: Look, *, placement: str, variant: str = "all") -> go.Figure | None:
    """Return the shares of wrong labels over epochs as stacked areas: intact beside another variant of the same weights.

    Args:
        run: A finished run.
        look: Ink and scale.
        placement: "post" or "pre".
        variant: What stands on the right.
    """
    table = run.table("epochs")
    rows = table[table["placement"] == placement]
    shown = [name for name in ("intact", variant) if name in set(rows["variant"])]
    if len(shown) < 2:
        return None
    figure = canvas(look, x="epoch", y="share of labels, of images")
    places = side_by_side(figure, look, [TITLES[name] for name in shown])
    for index, (name, axes) in enumerate(zip(shown, places, strict=True)):
        _areas(figure, look, rows[rows["variant"] == name], axes, first=index == 0)
    figure.update_yaxes(range=[0, 1], tickformat=".0%", nticks=5)
    figure.update_xaxes(range=[float(rows["epoch"].min()), float(rows["epoch"].max())], nticks=4)
    legend_above(figure)
    return figure


def _areas(figure: go.Figure, look: Look, rows: pd.DataFrame, axes: dict[str, str], *, first: bool) -> None:
    for share, (meaning, pattern) in SHARES.items():
        mean, colour = over(rows, ["epoch"], share), MARKS[meaning].colour
        figure.add_scatter(
            x=mean["epoch"], y=mean["value"], mode="lines", name=share, showlegend=first, legendgroup=share, stackgroup=axes["xaxis"],
            line={"width": 1.5, "color": colour}, text=[said(row) for row in mean.itertuples()],
            fillpattern={"shape": pattern, "bgcolor": faint(colour, 0.55), "fgcolor": colour, "size": 7, "solidity": 0.25},
            fillcolor=faint(colour, 0.55), hovertemplate=f"<b>{share}</b><br>%{{text}}<br>after epoch %{{x}}<extra></extra>", **axes)
    test = over(rows, ["epoch"], "test_accuracy")
    figure.add_scatter(
        x=test["epoch"], y=test["value"], mode="lines", name="test accuracy", showlegend=first, legendgroup="test",
        line={"color": look.ink, "width": look.size(3)}, text=[said(row) for row in test.itertuples()],
        hovertemplate="<b>test accuracy</b><br>%{text}<br>after epoch %{x}<extra></extra>", **axes)


def alt_shares(run: Run, placement: str) -> str:
    """Return where the two models end."""
    before, after = (words.number(run.estimate(f"memorised{end}_{placement}").value, "%") for end in ("", "_stripped"))
    return (f"{PLACEMENT_TITLES[placement]}: after the last epoch the intact model gives back {before} of the wrong labels, the stripped "
            f"one {after}.")


def delay(run: Run, look: Look, *, variant: str = "all") -> go.Figure | None:
    """Return memorised wrong labels against how well right labels are fitted: a curve above is one that memorises more at equal fit."""
    table = run.table("epochs")
    figure, placements = canvas(look, x="right labels fitted", y="wrong labels memorised"), placements_of(run)
    places = side_by_side(figure, look, panels_of(run))
    for index, (placement, axes) in enumerate(zip(placements, places, strict=True)):
        rows = table[table["placement"] == placement]
        figure.add_scatter(x=[MATCHED, MATCHED], y=[0, 1.02], mode="lines", hoverinfo="skip", showlegend=False,
                           line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"}, **axes)
        for name in ("intact", variant):
            mine = rows[rows["variant"] == name]
            if len(mine):
                _path(figure, look, mine, name, axes, first=index == 0)
    figure.update_yaxes(range=[-0.02, 1.04], tickformat=".0%", nticks=5)
    best = float(table["clean_accuracy"].max())
    low = LOWEST_FIT if best > MATCHED else max(0.0, float(table["clean_accuracy"].min()) - 0.03)
    figure.update_xaxes(range=[low, 1.01], tickformat=".0%", nticks=4)
    legend_above(figure)
    return figure


def _path(figure: go.Figure, look: Look, rows: pd.DataFrame, name: str, axes: dict[str, str], *, first: bool) -> None:
    fit, memory = over(rows, ["epoch"], "clean_accuracy"), over(rows, ["epoch"], "memorised")
    colour, dash, symbol = mark_of(name, look)
    hover = [f"<b>{TITLES[name]}</b><br>memorised {said(y)}<br>right labels fitted {words.number(x.value, '%')}<br>after epoch {x.epoch:g}"
             for x, y in zip(fit.itertuples(), memory.itertuples(), strict=True)]
    figure.add_scatter(
        x=fit["value"], y=memory["value"], mode="lines+markers", name=TITLES[name], legendgroup=name, showlegend=first, text=hover,
        hovertemplate="%{text}<extra></extra>", line={"color": colour, "width": look.size(3), "dash": dash},
        marker={"symbol": symbol, "size": look.size(8), "color": colour}, **axes)


def alt_delay(run: Run) -> str:
    """Return what stripping changes at matched accuracy."""
    parts = []
    for placement in placements_of(run):
        less = run.estimate(f"memorised_drop_matched_{placement}").value
        parts.append(f"{PLACEMENT_TITLES[placement]} {words.number(-less, 'pt', signed=True)}")
    return ("Change of memorising by stripping once 95% of right labels are fitted: " + ", ".join(parts) + ".")
