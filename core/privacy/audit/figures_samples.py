"""One image under every attack: how member-like it looks to each."""

import pandas as pd
import plotly.graph_objects as go

from core.lab.figure import Look, canvas
from core.lab.palette import NEUTRAL
from core.privacy.figure_parts import short


def under_each_attack(sample: pd.Series, titles: dict[str, str], look: Look) -> go.Figure:
    """Return one dot per attack: the share of the pool that scores at most as member-like as this image.

    Args:
        sample: A row of the samples table.
        titles: Attacks, id to title.
        look: Ink and scale.
    """
    rows = [(title, float(sample[f"percentile_{attack}"]), float(sample[f"score_{attack}"])) for attack, title in titles.items()
            if f"percentile_{attack}" in sample.index]
    rows.sort(key=lambda row: row[1])
    figure = canvas(look, x="pool images that score lower", y="", height=int(80 + 28 * look.scale * len(rows)))
    rows = [(short(title), share, score) for title, share, score in rows]
    names, shares, scores = (list(column) for column in zip(*rows, strict=True))
    figure.add_scatter(x=shares, y=names, mode="markers", marker={"size": look.size(10), "color": look.ink}, customdata=scores,
                       hovertemplate="<b>%{y}</b><br>above %{x:.0f}% of the pool<br>score %{customdata:.3g}<extra></extra>")
    figure.add_vline(x=50, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    figure.update_xaxes(range=[-2, 103], tickvals=[0, 50, 100], ticktext=["0%", "50%", "100%"])
    figure.update_yaxes(range=[-0.7, len(rows) - 0.3], tickmode="linear", tickfont={"size": look.size(13), "color": look.ink})
    return figure


def alt_text(sample: pd.Series, titles: dict[str, str]) -> str:
    """Return how many attacks place the image among the tenth that looks most like members."""
    shares = [float(sample[f"percentile_{attack}"]) for attack in titles if f"percentile_{attack}" in sample.index]
    return f"{sum(share >= 90 for share in shares)} of {len(shares)} attacks place this image in the tenth that looks most like members."
