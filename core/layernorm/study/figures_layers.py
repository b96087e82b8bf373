"""Figures by layer: which third of the depth matters, how large gradients are at each norm, how far scales and biases moved."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas
from core.lab.palette import MARKS, NEUTRAL
from core.lab.panels import legend_above, over, said, side_by_side, whiskers
from core.lab.runs import Run
from core.layernorm.panels import ends_of, panels_of, placements_of
from core.layernorm.variants import GROUPS, PLACEMENT_TITLES

MEASURES = {"damage": "Step zero", "memorised": "Memory", "test": "Test"}
AXES = {"damage": "test accuracy lost, points", "memorised": "memorised less, points", "test": "test accuracy lost, points"}
SAMPLES = {"test": ("non-member", "test samples"), "noisy": ("harmed", "wrong labels"), "clean": ("member", "right labels")}


def thirds_table(run: Run, measure: str) -> pd.DataFrame:
    """Return what stripping each third costs, by seed: seed, placement, group, where ("stripped", "elsewhere"), lost (points).

    Args:
        run: A finished run.
        measure: A key of ``MEASURES``.
    """
    if measure == "damage":
        table, key, column = run.table("damage"), "intervention", "accuracy"
    else:
        epochs = run.table("epochs")
        last = epochs[epochs["epoch"] == epochs["epoch"].max()] if measure == "memorised" else epochs
        column = "memorised" if measure == "memorised" else "test_accuracy"
        table, key = last.groupby(["seed", "placement", "variant"], as_index=False)[column].mean(), "variant"
    rows = []
    for (seed, placement), part in table.groupby(["seed", "placement"], sort=False):
        at = part.set_index(key)[column]
        for where, prefix in (("stripped", ""), ("elsewhere", "elsewhere_")):
            rows += [(seed, placement, group, where, 100 * (at["intact"] - at[prefix + group])) for group in GROUPS if prefix + group in at]
    return pd.DataFrame(rows, columns=["seed", "placement", "group", "where", "lost"])


def thirds(run: Run, look: Look, *, measure: str = "damage") -> go.Figure | None:
    """Return what stripping early, middle or later layers alone does, with equal displacement elsewhere where it was measured."""
    table = thirds_table(run, measure)
    if table.empty:
        return None
    figure = canvas(look, x="layers", y=AXES[measure])
    places, mark = side_by_side(figure, look, panels_of(run)), MARKS["stripped"]
    whole = []
    for index, (placement, axes) in enumerate(zip(placements_of(run), places, strict=True)):
        rows = over(table[table["placement"] == placement], ["group", "where"], "lost")
        whole.append(rows)
        for where, colour, pattern, name in (("stripped", mark.colour, "", "stripped"), ("elsewhere", NEUTRAL, "/", "moved elsewhere")):
            mine = rows[rows["where"] == where]
            if len(mine):
                figure.add_bar(
                    x=mine["group"], y=mine["value"], name=name, legendgroup=where, showlegend=index == 0, marker={
                        "color": colour, "pattern": {"shape": pattern, "size": 7}}, error_y=whiskers(mine, look, look.ink) or None,
                    text=[f"{row.value:.1f}".replace("-", words.MINUS) for row in mine.itertuples()], textposition="none",
                    hovertemplate=f"<b>%{{x}} layers, {name}</b><br>%{{text}} points<extra></extra>", **axes)
    figure.add_hline(y=0, line={"color": NEUTRAL, "width": look.size(1.5)})
    figure.update_layout(barmode="group", bargap=0.3)
    low, high = ends_of(*whole, at_least=1.0)
    figure.update_yaxes(range=[min(low, 0.0), max(high, 0.0)])
    figure.update_xaxes(range=[-0.6, len(GROUPS) - 0.4])
    legend_above(figure)
    return figure


def alt_thirds(run: Run) -> str:
    """Return what early, middle and later layers cost before training."""
    table = thirds_table(run, "damage")
    if table.empty:
        return "Thirds of the depth were left out."
    mean = table[table["where"] == "stripped"].groupby("group")["lost"].mean()
    parts = ", ".join(f"{group} {mean[group]:.1f}" for group in GROUPS if group in mean).replace("-", words.MINUS)
    return f"Points of test accuracy lost by stripping before any training, mean over models: {parts}."


def epochs_measured(run: Run) -> list[int]:
    """Return the epochs at which gradients were measured."""
    return sorted(int(epoch) for epoch in run.table("gradients")["epoch"].unique())


def gradients(run: Run, look: Look, *, epoch: str = "", variant: str = "intact") -> go.Figure | None:
    """Return the size of loss gradients at the input of every norm, for test samples, wrong and right training labels.

    Args:
        run: A finished run.
        look: Ink and scale.
        epoch: One of ``epochs_measured``; empty for the last.
        variant: "intact" or "all".
    """
    table = run.table("gradients")
    table = table[table["variant"] == variant]
    if table.empty:
        return None
    at = int(epoch) if epoch else max(epochs_measured(run))
    figure = canvas(look, x="layer", y="gradient at the norm's input")
    places = side_by_side(figure, look, panels_of(run))
    for index, (placement, axes) in enumerate(zip(placements_of(run), places, strict=True)):
        rows = table[(table["placement"] == placement) & (table["epoch"] == at)]
        for kind, (meaning, name) in SAMPLES.items():
            mean = over(rows[rows["samples"] == kind], ["layer", "place"], "gradient")
            mark = MARKS[meaning]
            figure.add_scatter(
                x=list(range(1, len(mean) + 1)), y=mean["value"], mode="lines+markers", name=name, legendgroup=kind,
                showlegend=index == 0, line={"color": mark.colour, "width": look.size(3), "dash": mark.dash},
                marker={"symbol": mark.symbol, "size": look.size(8), "color": mark.colour},
                text=[f"layer {row.layer}, norm {row.place}<br>{said(row, '')}" for row in mean.itertuples()],
                hovertemplate=f"<b>{name}</b><br>%{{text}}<extra></extra>", **axes)
        _bound(figure, look, rows, axes)
        _name_norms(figure, axes, rows)
    shown = table.loc[table["gradient"] > 0, "gradient"]
    low, high = np.log10(shown.min()) - 0.2, np.log10(shown.max()) + 0.25
    figure.update_yaxes(type="log", range=[low, high], exponentformat="power", dtick=1 if high - low > 1.2 else "D1")
    legend_above(figure)
    return figure


def _bound(figure: go.Figure, look: Look, rows: pd.DataFrame, axes: dict[str, str]) -> None:
    """Draw the direction of the theoretical bound: its values are so loose that only its fall fits, scaled to the first gradient."""
    bound = over(rows[(rows["samples"] == "test") & rows["bound"].notna()], ["layer", "place"], "bound")
    measured = over(rows[rows["samples"] == "test"], ["layer", "place"], "gradient")  # means over seeds, as the line drawn
    if not len(bound) or not len(measured):
        return
    scaled = bound["value"] * float(measured["value"].iloc[0]) / float(bound["value"].iloc[0])
    figure.add_scatter(x=list(range(1, len(bound) + 1)), y=scaled, mode="lines", name="bound, scaled", showlegend=axes["xaxis"] == "x",
                       line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"}, text=[f"{value:.3g}" for value in bound["value"]],
                       hovertemplate="<b>theoretical bound</b><br>%{text} before scaling<extra></extra>", **axes)


def _name_norms(figure: go.Figure, axes: dict[str, str], rows: pd.DataFrame) -> None:
    """Write the layer under the first norm of each; at most six labels."""
    norms = rows[["layer", "place"]].drop_duplicates().reset_index(drop=True)
    firsts = norms.index[norms["layer"] != norms["layer"].shift()]
    step = max(1, -(-len(firsts) // 6))
    ticks = firsts[::step]
    figure.update_layout({f"xaxis{axes['xaxis'][1:]}": {
        "tickvals": [int(place) + 1 for place in ticks], "ticktext": [str(norms["layer"][place]) for place in ticks],
        "range": [0.6, len(norms) + 0.4]}})


def alt_gradients(run: Run) -> str:
    """Return the smallest ratio over layers, after and before memorising."""
    after, before = (run.estimate(name).value for name in ("gradient_ratio", "gradient_ratio_before"))
    late = f"at least {words.number(after)} in every layer once memorised, " if not np.isnan(after) else ""
    return (f"Gradients of test samples over those of wrong labels: {late}at most {words.number(before)} at first; logarithmic "
            "axis.")


def movement(run: Run, look: Look, *, stage: str = "pretrained") -> go.Figure | None:
    """Return how far each norm's scales are from 1 and its biases from 0."""
    table = run.table("norms")
    table = table[(table["stage"] == stage) & (table["place"] > 0)]
    if table.empty:
        return None
    figure = canvas(look, x="layer", y="distance from 1 or 0")
    places = side_by_side(figure, look, panels_of(run))
    for index, (placement, axes) in enumerate(zip(placements_of(run), places, strict=True)):
        rows = table[table["placement"] == placement]
        for column, name, dash, symbol in (("scale_rms", "scale", "solid", "circle"), ("bias_rms", "bias", "dash", "circle-open")):
            mean = over(rows, ["layer", "place"], column)
            if mean["value"].notna().any():
                figure.add_scatter(
                    x=list(range(1, len(mean) + 1)), y=mean["value"], mode="lines+markers", name=name, legendgroup=column,
                    showlegend=index == 0, line={"color": look.ink, "width": look.size(3), "dash": dash},
                    marker={"symbol": symbol, "size": look.size(9), "color": look.ink},
                    text=[f"layer {row.layer}, norm {row.place}<br>{said(row, '')}" for row in mean.itertuples()],
                    hovertemplate=f"<b>{name}</b><br>%{{text}}<extra></extra>", **axes)
        _name_norms(figure, axes, rows)
    top = float(np.nanmax(table[["scale_rms", "bias_rms"]].to_numpy()))
    figure.update_yaxes(range=[0, 1.1 * max(top, 1e-3)], nticks=5)
    legend_above(figure)
    return figure


def alt_movement(run: Run) -> str:
    """Return how far scales and biases moved, over all stripped norms."""
    parts = [f"{PLACEMENT_TITLES[placement]} {words.number(run.estimate(f'moved_scale_{placement}').value)} and "
             f"{words.number(run.estimate(f'moved_bias_{placement}').value)}" for placement in placements_of(run)]
    return ("Root mean square distance of scales from 1 and biases from 0: " + ", ".join(parts) + ".")
