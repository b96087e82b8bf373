"""What figures of finished runs share: means over seeds with their interval, panels side by side, rows with names."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.estimate import FEWEST_SEEDS, Estimate, over_seeds
from core.lab.figure import Look
from core.lab.palette import NEUTRAL, faint

GAP = 0.06
LONGEST_ALT = 159


def over(table: pd.DataFrame, by: Sequence[str], column: str, bounds: tuple[float, float] = (-float("inf"), float("inf"))) -> pd.DataFrame:
    """Return the mean of a column over seeds with its 95 % interval: the columns ``by``, value, low, high, n, in order of appearance.

    Under three seeds both ends are the value itself. Values that are NaN in some seed make the mean NaN.
    """
    rows = []
    for names, part in table.groupby(list(by), sort=False):
        found = over_seeds(part[column].to_list(), bounds)
        low, high = (found.value, found.value) if found.low is None else (found.low, found.high)
        rows.append((*names, found.value, low, high, found.n))
    return pd.DataFrame(rows, columns=[*by, "value", "low", "high", "n"])


def said(row: object, unit: str = "%", *, signed: bool = False) -> str:
    """Return ``62.0% (55.1 to 68.9%), 3 seeds`` of a row of ``over``."""
    has_interval = row.n >= FEWEST_SEEDS
    return words.estimate(Estimate(row.value, row.low if has_interval else None, row.high if has_interval else None, row.n), unit,
                          signed=signed)


def whiskers(rows: pd.DataFrame, look: Look, colour: str = NEUTRAL) -> dict[str, object] | None:
    """Return the interval over seeds as plotly's error bars; None where there are under three seeds."""
    if not len(rows) or int(rows["n"].min()) < FEWEST_SEEDS:
        return None
    return {"type": "data", "symmetric": False, "array": rows["high"] - rows["value"], "arrayminus": rows["value"] - rows["low"],
            "color": faint(colour, 0.75), "thickness": look.size(2), "width": 0}


def side_by_side(figure: go.Figure, look: Look, titles: Sequence[str], *, shared: bool = True, gap: float = GAP) -> list[dict[str, str]]:
    """Cut the plane into panels with titles; return for each the axes that its traces name.

    Args:
        figure: An empty canvas.
        look: Ink and scale.
        titles: One per panel.
        shared: Whether all panels show the same vertical axis; otherwise each has its own.
        gap: Room between panels as a share of the plane; more where each panel has its own axis.
    """
    gap = gap if shared else 2.4 * gap
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


def legend_above(figure: go.Figure, *, titles: bool = True) -> None:
    """Show the legend across the whole width, above the panels' titles where there are any."""
    figure.update_layout(showlegend=True, margin={"t": 88 if titles else 60}, legend={
        "xref": "container", "yref": "container", "x": 0.01, "y": 0.99, "yanchor": "top"})


def rows_named(figure: go.Figure, names: Sequence[str]) -> None:
    """Write every name at the vertical axis, the first on top; plotly alone would leave some out."""
    figure.update_yaxes(categoryorder="array", categoryarray=list(reversed(names)), tickmode="array", tickvals=list(names),
                        range=[-0.6, len(names) - 0.4])
