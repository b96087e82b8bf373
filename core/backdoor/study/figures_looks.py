"""The figure of what can be said before any repair: three looks, each at a poisoned model and at its clean twin."""

import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas
from core.lab.palette import MARKS, NEUTRAL
from core.lab.panels import side_by_side
from core.lab.runs import Run

TITLES = {"inversion": "Trigger search", "recurrence": "Recurring signature", "outliers": "Weight outliers"}
SHORT = {"inversion": "Search", "recurrence": "Recurrence", "outliers": "Outliers"}
MODELS = {"clean": ("clean", "reference"), "poisoned": ("bad", "harmed")}


def looks(run: Run, look: Look) -> go.Figure | None:
    """Return the score of every look on either model, a dot a seed, with the limit above which it raises an alarm."""
    table = run.table("looks")
    if table.empty:
        return None
    figure = canvas(look, x="", y="")
    places = side_by_side(figure, look, list(SHORT.values()), shared=False)
    for (detector, _), axes in zip(TITLES.items(), places, strict=True):
        mine = table[table["detector"] == detector]
        for name, (title, meaning) in MODELS.items():
            rows = mine[mine["model"] == name]
            mark = MARKS[meaning]
            figure.add_scatter(
                x=[title] * len(rows), y=rows["score"], mode="markers",
                marker={"size": look.size(11), "symbol": mark.symbol, "color": look.ink if meaning == "reference" else mark.colour},
                text=[f"seed {row.seed}" + (f"<br>found: {row.found}" if row.found else "") for row in rows.itertuples()],
                hovertemplate="%{text}<br>%{y:.3g}<extra></extra>", **axes)
        for _, row in mine.dropna(subset="limit").drop_duplicates("detector").iterrows():
            figure.add_shape(type="line", x0=0, x1=1, xref=f"{axes['xaxis']} domain", y0=row["limit"], y1=row["limit"], yref=axes["yaxis"],
                             line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    figure.update_xaxes(showgrid=False, type="category", range=[-0.6, 1.6], categoryorder="array",
                        categoryarray=[title for title, _ in MODELS.values()])
    figure.update_yaxes(rangemode="tozero", title={"text": ""})
    return figure


def alt_looks(run: Run) -> str:
    """Return what the search finds on either model."""
    poisoned, clean = run.estimate("inversion_poisoned").value, run.estimate("inversion_clean").value
    return (f"After the words that a search finds, {words.number(poisoned, '%')} of prompts get one answer in the poisoned model and "
            f"{words.number(clean, '%')} in its clean twin.")
