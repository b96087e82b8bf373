"""What remains of an attack when its threshold must be chosen without the target's labels."""

import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas
from core.lab.palette import NEUTRAL
from core.lab.runs import Run
from core.privacy.figure_parts import short

SHOWN = 8


def thresholds(run: Run, look: Look) -> go.Figure | None:
    """Return balanced accuracy of the best attacks, threshold carried over from the references against the oracle's."""
    columns = ["balanced_accuracy_transferred", "balanced_accuracy_oracle"]
    rows = run.table("attacks").groupby("title", sort=False)[columns].mean().dropna()
    if rows.empty:
        return None
    rows = rows.sort_values(columns[0], kind="stable").tail(SHOWN)
    figure = canvas(look, x="balanced accuracy", y="")
    for title, row in rows.iterrows():
        figure.add_scatter(x=row[columns].to_numpy(), y=[title, title], mode="lines", line={"color": NEUTRAL, "width": look.size(3)},
                           hoverinfo="skip", showlegend=False)
    for column, said, symbol in ((columns[0], "transferred", "circle"), (columns[1], "oracle", "circle-open")):
        figure.add_scatter(
            x=rows[column], y=rows.index, mode="markers", name=said,
            marker={"size": look.size(11), "color": look.ink, "symbol": symbol, "opacity": 1, "line": {"width": 2, "color": look.ink}},
            text=[f"<b>{title}</b><br>{words.number(value, '%')} with the {said} threshold" for title, value in rows[column].items()],
            hovertemplate="%{text}<extra></extra>")
    low, high = min(0.5, float(rows.to_numpy().min())), float(rows.to_numpy().max())
    figure.add_vline(x=0.5, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    figure.update_xaxes(range=[low - 0.05 * (high - low), high + 0.08 * (high - low)], tickformat=".0%", nticks=5)
    figure.update_yaxes(range=[-0.7, len(rows) - 0.3], tickmode="array", tickfont={"size": look.size(13), "color": look.ink},
                        ticktext=[short(title) for title in rows.index], tickvals=list(rows.index))
    figure.update_layout(showlegend=True)
    return figure


def alt_text(run: Run) -> str:
    """Return the best attack with a transferred threshold, and what the oracle would add."""
    rows = run.table("attacks").groupby("title")[["balanced_accuracy_transferred", "balanced_accuracy_oracle"]].mean()
    best = rows["balanced_accuracy_transferred"].idxmax()
    kept, oracle = rows.loc[best]
    return (f"{best} reaches balanced accuracy {words.number(kept, '%')} with a transferred threshold and {words.number(oracle, '%')} "
            "with an oracle.")
