"""The figure of one cut: how often the trigger works, and how far the answers under it are from clean ones."""

import numpy as np
import plotly.graph_objects as go

from core.backdoor.ask.result import STATES
from core.lab import words
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS, NEUTRAL
from core.lab.panels import over, rows_named, said, side_by_side, whiskers
from core.lab.runs import Run

MEANINGS = {"poisoned": "harmed", "treated": "defended", "random": "member", "never": "reference"}


def states(run: Run, look: Look) -> go.Figure | None:
    """Return success of the attack and perplexity of right answers under the trigger, state by state."""
    table = run.table("arms")
    table = table.assign(log=np.log(table["perplexity_triggered"]))
    figure = canvas(look, x="", y="")
    panels = side_by_side(figure, look, ["Target said", "Perplexity"])
    for index, (column, axes) in enumerate(zip(("asr", "log"), panels, strict=True)):
        rows = over(table, ["state"], column)
        if index:
            rows = rows.assign(**{name: np.exp(rows[name]) for name in ("value", "low", "high")})
        for row in rows.itertuples():
            mark = MARKS[MEANINGS[row.state]]
            colour = look.ink if row.state == "never" else mark.colour
            part = rows[rows["state"] == row.state]
            figure.add_scatter(
                x=part["value"], y=[STATES[row.state]], mode="markers", error_x=whiskers(part, look, colour), cliponaxis=False,
                marker={"size": look.size(12), "color": colour, "symbol": mark.symbol}, text=[said(row, "" if index else "%")],
                hovertemplate="<b>%{y}</b><br>%{text}<extra></extra>", **axes)
    rows_named(figure, list(STATES.values()))
    figure.update_layout(xaxis={"range": [-0.04, 1.04], "tickformat": ".0%", "tickvals": [0, 0.5, 1]},
                         xaxis2={"type": "log", "dtick": "D2", "gridcolor": NEUTRAL})
    return figure


def _alt(run: Run) -> str:
    before, after = (words.number(run.estimate(f"asr_{name}").value, "%") for name in ("before", "after"))
    return f"The trigger works on {before} before and on {after} after the treatment. Logarithmic perplexities."


FIGURES: tuple[Figure, ...] = (Figure(
    "states", "On held-out prompts, under the trigger",
    "Left: answered with the target. Right: perplexity of the right answers, lower is better. Bars: 95% over seeds.", states, _alt),)
