"""What the figures of this room share: values over seeds with their interval, and panels side by side."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.estimate import Estimate, over_seeds
from core.lab.figure import Look
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.runs import Run
from core.layernorm.plan import PLACEMENT_TITLES, PLACEMENTS, VARIANTS, Placement

GAP = 0.06
LONGEST_ALT = 159
TITLES = {variant.id: variant.title for variant in VARIANTS}


def placements_of(run: Run, table: str = "damage") -> tuple[Placement, ...]:
    """Return the placements that a table of a run holds, Post-LN first."""
    held = set(run.table(table)["placement"])
    return tuple(placement for placement in PLACEMENTS if placement in held)


def variants_of(run: Run, placement: str) -> tuple[str, ...]:
    """Return the variants that a run fine-tuned, in the plan's order."""
    table = run.table("variants")
    held = set(table.loc[table["placement"] == placement, "variant"])
    return tuple(variant.id for variant in VARIANTS if variant.id in held)


def over(table: pd.DataFrame, by: Sequence[str], column: str) -> pd.DataFrame:
    """Return the mean of a column over seeds with its 95 % interval: the columns ``by``, value, low, high, n, in order of appearance."""
    rows = []
    for names, part in table.groupby(list(by), sort=False):
        found = over_seeds(part[column].to_list())
        low, high = (found.value, found.value) if found.low is None else (found.low, found.high)
        rows.append((*names, found.value, low, high, found.n))
    return pd.DataFrame(rows, columns=[*by, "value", "low", "high", "n"])


def said(row: object, unit: str = "%", *, signed: bool = False) -> str:
    """Return ``62.0% (55.1 to 68.9%), 3 seeds`` of a row of ``over``."""
    has_interval = row.n >= 3
    return words.estimate(Estimate(row.value, row.low if has_interval else None, row.high if has_interval else None, row.n), unit,
                          signed=signed)


def mark_of(variant: str, look: Look) -> tuple[str, str, str]:
    """Return colour, dash and symbol of a variant: ink when intact, purple when stripped, green for rivals, neutral for controls."""
    meaning = {"intact": "reference", "dropout_intact": "reference", "scratch_intact": "reference", "elsewhere": "neutral",
               "frozen": "neutral", "elr": "defended", "label_smoothing": "defended", "norm_decay": "defended", "stopped": "defended",
               "folded": "neutral"}.get(variant, "stripped")
    mark = MARKS[meaning]
    return look.ink if meaning == "reference" else mark.colour, mark.dash, mark.symbol


def side_by_side(figure: go.Figure, look: Look, titles: Sequence[str], *, shared: bool = True) -> list[dict[str, str]]:
    """Cut the plane into panels with titles; return for each the axes that its traces name.

    Args:
        figure: An empty canvas.
        look: Ink and scale.
        titles: One per panel.
        shared: Whether all panels show the same vertical axis; otherwise each has its own.
    """
    gap = GAP if shared else 2.4 * GAP
    width = (1.0 - gap * (len(titles) - 1)) / len(titles)
    x, y = figure.layout.xaxis.to_plotly_json(), figure.layout.yaxis.to_plotly_json()
    places = []
    for index, title in enumerate(titles):
        end, start = str(index + 1) if index else "", index * (width + gap)
        further = {"matches": "y", "showticklabels": False, "title": {**y["title"], "text": ""}} if index and shared else {}
        figure.update_layout({f"xaxis{end}": {**x, "domain": [start, start + width], "anchor": f"y{end}"},
                              f"yaxis{end}": {**y, "anchor": f"x{end}", **further}})
        figure.add_annotation(x=start, y=1.0, xref="paper", yref="paper", xanchor="left", yanchor="bottom", text=f"<b>{title}</b>",
                              showarrow=False, font={"size": look.size(16), "color": look.ink})
        places.append({"xaxis": f"x{end}", "yaxis": f"y{end}"})
    return places


def panels_of(run: Run) -> list[str]:
    """Return the titles of one panel for each placement."""
    return [PLACEMENT_TITLES[placement] for placement in placements_of(run)]


def whiskers(rows: pd.DataFrame, look: Look, colour: str = NEUTRAL) -> dict[str, object]:
    """Return the interval over seeds as error bars; none where there are under three seeds."""
    if not len(rows) or int(rows["n"].min()) < 3:
        return {}
    return {"type": "data", "symmetric": False, "array": rows["high"] - rows["value"], "arrayminus": rows["value"] - rows["low"],
            "color": faint(colour, 0.75), "thickness": look.size(2), "width": 0}


def ends_of(*parts: pd.DataFrame, at_least: float = 0.02, bounds: tuple[float, float] | None = None) -> list[float]:
    """Return a range that holds values and intervals of rows of ``over``, with some room.

    Args:
        parts: Rows.
        at_least: Smallest width.
        bounds: What the range may not leave by more than its own room, such as (0, 1).
    """
    rows = pd.concat(parts)
    low, high = float(rows["low"].min()), float(rows["high"].max())
    if bounds is not None:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    room = 0.08 * max(high - low, at_least)
    return [low - room, high + room]


def legend_above(figure: go.Figure, *, titles: bool = True) -> None:
    """Show the legend across the whole width, above the panels' titles where there are any."""
    figure.update_layout(showlegend=True, margin={"t": 88 if titles else 60}, legend={
        "xref": "container", "yref": "container", "x": 0.01, "y": 0.99, "yanchor": "top"})


def rows_named(figure: go.Figure, names: Sequence[str]) -> None:
    """Write every name at the vertical axis, the first on top; plotly alone would leave some out."""
    figure.update_yaxes(categoryorder="array", categoryarray=list(reversed(names)), tickmode="array", tickvals=list(names),
                        range=[-0.6, len(names) - 0.4])
