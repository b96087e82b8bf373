"""Rivals beside pruning: what each achieves, with the labels that it must be given."""

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas
from core.lab.palette import MARKS
from core.lab.runs import Run
from core.spurious.figures_means import MEASURES, means, said, whiskers

METHODS = {
    "erm": "Plain training", "random": "Random pruning", "hardest": "Pruning the hardest", "inferred_hardest": "Pruning inferred carriers",
    "oracle_hardest": "Pruning hard carriers", "jtt": "JTT", "group_dro": "GroupDRO", "dfr": "DFR"}
PRUNING = ("hardest", "inferred_hardest")


def standings(run: Run, scenario: str = "main") -> pd.DataFrame:
    """Return one row per method with means and ends over seeds, best worst group first: method, title, labels, every measure."""
    table = run.table("rivals")
    rows = means(table[table["scenario"] == scenario], ["method", "labels"], [*MEASURES])
    rows = rows.assign(title=rows["method"].map(lambda method: METHODS.get(method, method)))
    return rows.sort_values("worst_group_accuracy", ascending=False, ignore_index=True)


def rivals(run: Run, look: Look, *, scenario: str = "main", measure: str = "worst_group_accuracy") -> go.Figure | None:
    """Return every method as a dot with its interval; filled where it needs no labels beyond the classes, open where it does."""
    rows = standings(run, scenario)
    if rows.empty:
        return None
    rows = rows.sort_values(measure, ascending=measure != "reliance", ignore_index=True)
    figure = canvas(look, x=MEASURES[measure], y="", height=int(130 + 36 * look.scale * len(rows)))
    colours = [MARKS["defended"].colour if method in PRUNING else look.ink for method in rows["method"]]
    needs = rows["labels"].str.startswith("none")
    for words_, is_free in (("classes alone", True), ("needs more labels", False)):
        part = rows[needs == is_free]
        hover = [f"<b>{row.title}</b><br>needs: {'the classes alone' if is_free else row.labels}<br>worst group: "
                 f"{said(row, 'worst_group_accuracy')}<br>misled: {said(row, 'reliance')}<br>average: {said(row, 'average_accuracy')}"
                 for row in part.itertuples()]
        own = [colour for colour, keep in zip(colours, needs == is_free, strict=True) if keep]
        figure.add_scatter(
            x=part[measure], y=part["title"], mode="markers", name=words_, text=hover, hovertemplate="%{text}<extra></extra>",
            error_x=whiskers(part, measure, look),
            marker={"size": look.size(12), "symbol": ["square" if m in PRUNING else "circle" if is_free else "circle-open"
                                                      for m in part["method"]],
                    "color": own, "line": {"width": 2, "color": own}})
    figure.update_xaxes(range=[0.0, 1.02], tickformat=".0%", tickvals=[0, 0.5, 1])
    figure.update_yaxes(range=[-0.6, len(rows) - 0.4], tickmode="linear", categoryorder="array", categoryarray=list(rows["title"]),
                        tickfont={"size": look.size(14), "color": look.ink})
    figure.update_layout(showlegend=True, legend={"y": 1.0, "x": 1, "xanchor": "right", "itemsizing": "constant",
                                                  "font": {"size": look.size(14), "color": look.ink}})
    return figure


def alt(run: Run) -> str:
    """Return which method has the best and which the worst worst group."""
    rows = standings(run)
    if rows.empty:
        return "No rivals were tried in this run."
    best, last = rows.iloc[0], rows.iloc[-1]
    return (f"{best['title']} has the best worst group, {words.number(best['worst_group_accuracy'], '%')}; {last['title']} the poorest, "
            f"{words.number(last['worst_group_accuracy'], '%')}.")
