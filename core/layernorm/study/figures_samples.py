"""One wrongly labelled sample over the epochs: how probable its wrong and its true label become."""

import pandas as pd
import plotly.graph_objects as go

from core.lab.figure import Look, canvas
from core.lab.palette import MARKS
from core.lab.panels import legend_above, side_by_side
from core.layernorm.panels import TITLES

LABELS = {"p_noisy": ("harmed", "wrong label"), "p_true": ("defended", "true label")}


def over_epochs(said: pd.DataFrame, variants: tuple[str, ...], look: Look) -> go.Figure:
    """Return the probabilities that each variant gives to the wrong and to the true label of one sample, epoch by epoch.

    Args:
        said: Rows of the table ``predictions`` of one seed, placement and sample.
        variants: Which variants, one panel each.
        look: Ink and scale.
    """
    figure = canvas(look, x="epoch", y="probability", height=int(0.8 * look.height))
    shown = [name for name in variants if name in set(said["variant"])]
    for index, (name, axes) in enumerate(zip(shown, side_by_side(figure, look, [TITLES[one] for one in shown]), strict=True)):
        rows = said[said["variant"] == name].sort_values("epoch")
        for column, (meaning, label) in LABELS.items():
            mark = MARKS[meaning]
            figure.add_scatter(
                x=rows["epoch"], y=rows[column], mode="lines+markers", name=label, legendgroup=column, showlegend=index == 0,
                line={"color": mark.colour, "width": look.size(3), "dash": mark.dash},
                marker={"symbol": mark.symbol, "size": look.size(7), "color": mark.colour},
                hovertemplate=f"<b>{label}</b><br>%{{y:.0%}} after epoch %{{x}}<extra></extra>", **axes)
    figure.update_yaxes(range=[-0.03, 1.03], tickformat=".0%", nticks=3)
    figure.update_xaxes(range=[0, 1.03 * float(said["epoch"].max())], nticks=4)
    legend_above(figure)
    return figure


def alt_text(said: pd.DataFrame, variants: tuple[str, ...]) -> str:
    """Return what each variant says after the last epoch."""
    last = said[said["epoch"] == said["epoch"].max()].set_index("variant")
    parts = [f"{TITLES[name].lower()} {last.loc[name, 'p_noisy']:.0%}" for name in variants if name in last.index]
    return ("Probability of the wrong label after the last epoch: " + ", ".join(parts) + ".")
