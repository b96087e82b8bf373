"""Figures of the repairs by layer and by group: where the bits went, and what each group gained."""

import plotly.graph_objects as go

from core.compression.repair_frames import name_of, plain_setting
from core.compression.settings import FLOAT
from core.lab.estimate import over_seeds
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS, NEUTRAL
from core.lab.runs import Run

HARM, REPAIR = MARKS["harmed"], MARKS["defended"]
USUAL = {"quantise": "qat-balanced", "prune": "retrained-balanced"}


def layers(run: Run, look: Look) -> go.Figure | None:
    """Return the bits of every layer: the same everywhere, best on average, best for the worst group; means over seeds."""
    table = run.table("allocation")
    if table.empty:
        return None
    means = table.groupby("layer", sort=False)[["n_weights", "uniform", "average", "worst"]].mean()
    figure = canvas(look, x="bits a weight", y="layer", height=int(look.height * (0.75 + 0.03 * len(means))))
    y = list(range(len(means)))[::-1]
    for column, name, colour, symbol, lift in (
            ("uniform", "the same everywhere", NEUTRAL, "line-ns-open", 0.0), ("average", "best on average", look.ink, "circle", 0.12),
            ("worst", "best for the worst group", REPAIR.colour, REPAIR.symbol, -0.12)):
        figure.add_scatter(
            x=means[column], y=[place + lift for place in y], mode="markers", name=name,
            marker={"size": look.size(13), "color": colour, "symbol": symbol, "line": {"width": 3, "color": colour}},
            text=[f"<b>{layer}</b><br>{name}: {bits:.3g} bits<br>{count:,.0f} weights"
                  for layer, bits, count in zip(means.index, means[column], means["n_weights"], strict=True)],
            hovertemplate="%{text}<extra></extra>")
    figure.update_yaxes(tickmode="array", tickvals=y, range=[-0.7, len(means) - 0.3], tickfont={"size": look.size(13)},
                        ticktext=[f"{layer}, {_count(count)}" for layer, count in means["n_weights"].items()])
    figure.update_xaxes(range=[1.5, float(means[["uniform", "average", "worst"]].max().max()) + 0.5])
    figure.update_layout(showlegend=True)
    return figure


def _count(n: float) -> str:
    return f"{n / 1000:.0f}k" if n >= 1000 else f"{n:.0f}"


def groups(run: Run, look: Look, *, family: str = "quantise", setting: str = "") -> go.Figure | None:
    """Return accuracy of every place by size: compressed without repair, repaired, and float; largest group on top.

    Args:
        run: A finished run.
        look: Ink and scale.
        family: ``quantise`` or ``prune``.
        setting: Slug of the repair; empty for balanced sampling.
    """
    setting, table = setting or USUAL[family], run.table("groups")
    ranks = sorted(table["rank"].unique())
    sizes = table.groupby("rank")["n_train"].mean()
    figure = canvas(look, x="test accuracy", y="group by training images", height=int(look.height * 1.1))
    means = table.groupby(["setting", "rank"])["accuracy"]
    spread = means.apply(lambda part: over_seeds(part.tolist(), (0.0, 1.0)))
    for rank in ranks:
        ends = [spread[one, rank].value for one in (plain_setting(family), setting)]
        figure.add_scatter(x=ends, y=[-rank, -rank], mode="lines", hoverinfo="skip", showlegend=False,
                           line={"color": NEUTRAL, "width": look.size(2)})
    for one, title, colour, symbol in ((FLOAT, "float", look.ink, "circle-open"),
                                       (plain_setting(family), "no repair", HARM.colour, HARM.symbol),
                                       (setting, name_of(setting), REPAIR.colour, REPAIR.symbol)):
        found = [spread[one, rank] for rank in ranks]
        figure.add_scatter(
            x=[estimate.value for estimate in found], y=[-rank for rank in ranks], mode="markers", name=title,
            marker={"size": look.size(11), "color": colour, "symbol": symbol, "line": {"width": 2, "color": colour}},
            text=[f"<b>{title}</b><br>{100 * estimate.value:.1f}% right"
                  + ("" if estimate.low is None else f" ({100 * estimate.low:.1f} to {100 * estimate.high:.1f}% over seeds)")
                  + f"<br>{sizes[rank]:.0f} training images" for estimate, rank in zip(found, ranks, strict=True)],
            hovertemplate="%{text}<extra></extra>")
    figure.update_yaxes(tickmode="array", tickvals=[-rank for rank in ranks], ticktext=[f"{sizes[rank]:.0f}" for rank in ranks],
                        range=[-max(ranks) - 0.7, 0.7])
    low = min(estimate.value for estimate in spread)
    figure.update_xaxes(range=[max(-0.02, low - 0.05), 1.02], tickformat=".0%")
    figure.update_layout(showlegend=True)
    return figure


def alt_layers(run: Run) -> str:
    """Return which layer gets most and which fewest bits for the worst group."""
    means = run.table("allocation").groupby("layer", sort=False)["worst"].mean()
    return f"For the worst group {means.idxmax()} gets most, {means.max():.2g} bits, and {means.idxmin()} fewest, {means.min():.2g}."[:159]


def alt_groups(run: Run) -> str:
    """Return what the smallest place by size gains by balanced sampling."""
    table = run.table("groups")
    last = table[table["rank"] == table["rank"].max()].groupby("setting")["accuracy"].mean()
    return (f"The smallest group has {100 * last[plain_setting('quantise')]:.0f}% right without repair and "
            f"{100 * last[USUAL['quantise']]:.0f}% with balanced sampling, both rounded.")


LAYERS = Figure(
    id="layers", title="Where the bits go", draw=layers, alt=alt_layers,
    caption="Mixed precision under the budget of bits, from the exact programme. Means over seeds; the number behind a layer counts its "
            "weights.")
GROUPS = Figure(
    id="groups", title="Every group, with and without repair", draw=groups, alt=alt_groups,
    caption="Groups by place in the long tail, mean over seeds: the class at a place differs from seed to seed.")
