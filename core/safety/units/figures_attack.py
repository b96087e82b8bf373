"""Figures of the fine-tuning attack: refusals along the way by arm, and where each arm ends."""

import math

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas
from core.lab.palette import NEUTRAL
from core.lab.panels import legend_above, over, rows_named, said, side_by_side, whiskers
from core.lab.runs import Run
from core.safety.marks import ARMS, PANELS, ArmMark, colour_of
from core.safety.units.figures_removal import over_perplexities

AGAINST = {"step": "Against steps", "train_loss": "Against loss"}
AXES = {"step": "steps of fine-tuning", "train_loss": "training loss, falling to the right"}
WIDE_GAP = 0.12
DODGE = 0.006  # arms stand a little aside, so that their intervals do not hide each other
POINTS = {"equal_loss": "Equal loss", "equal_steps": "Equal steps"}


def arms_of(run: Run, table: str = "attacks") -> list[ArmMark]:
    """Return the arms that a run fine-tuned, in the order of figures."""
    held = set(run.table(table)["arm"]) if len(run.table(table)) else set()
    return [arm for arm in ARMS if arm.name in held]


def curves(run: Run, look: Look, *, panel: str = "top", against: str = "step") -> go.Figure | None:
    """Return refusals along fine-tuning for the arms of one panel, with the plain arm beside them.

    Args:
        run: A finished run.
        look: Ink and scale.
        panel: A key of ``PANELS``.
        against: A key of ``AGAINST``.
    """
    table = run.table("attack_curves")
    arms = [arm for arm in arms_of(run, "attack_curves") if arm.panel in ("", panel)]
    if len(arms) < 2:
        return None
    figure = canvas(look, x=AXES[against], y="requests still refused")
    for arm in arms:
        mine = table[table["arm"] == arm.name]
        most = mine.groupby("step")["seed"].nunique()  # frozen arms run until they reach a loss: later steps exist in some seeds only
        mine = mine[mine["step"].isin(most[most == mine["seed"].nunique()].index)]
        rows = over(mine, ["step"], "prefix", (0.0, 1.0)).sort_values("step")
        loss = mine.groupby("step")["train_loss"].mean().reindex(rows["step"])
        x = rows["step"] + DODGE * arms.index(arm) * table["step"].max() if against == "step" else loss.to_numpy()
        colour = colour_of(arm, look)
        figure.add_scatter(
            x=x, y=rows["value"], mode="lines+markers", name=arm.title, error_y=whiskers(rows, look, colour),
            line={"color": colour, "width": look.size(3), "dash": arm.dash},
            marker={"size": look.size(9), "symbol": arm.symbol, "color": colour, "line": {"width": 2, "color": colour}},
            text=[f"<b>{arm.title}</b><br>after {row.step} steps, loss {at:.3f}<br>refused {said(row)}"
                  for row, at in zip(rows.itertuples(), loss, strict=True)], hovertemplate="%{text}<extra></extra>")
    figure.update_yaxes(range=[-0.04, 1.06], tickformat=".0%", nticks=6)
    _x_range(figure, against)
    legend_above(figure, titles=False)
    return figure


def _x_range(figure: go.Figure, against: str) -> None:
    places = [float(x) for trace in figure.data for x in trace.x if math.isfinite(float(x))]
    low, high = min(places), max(places)
    room = 0.04 * max(high - low, 1e-3)
    figure.update_xaxes(range=[low - room, high + room] if against == "step" else [high + room, low - room])


def alt_curves(run: Run) -> str:
    """Return what plain fine-tuning on ordinary pairs does to refusals."""
    drop, mixture = run.estimate("attack_drop"), run.estimate("mixture_drop")
    if math.isnan(drop.value):
        return "The fine-tuning attack was left out of this run."
    return (f"Fine-tuning on ordinary pairs takes {words.number(drop.value, 'pt')} of refusals, the same steps with refusals among the "
            f"pairs {words.number(mixture.value, 'pt')}.")


def ends(run: Run, look: Look, *, point: str = "equal_loss") -> go.Figure | None:
    """Return what every arm still refuses, and its perplexity, at equal training loss or after equally many steps; one row each.

    Args:
        run: A finished run.
        look: Ink and scale.
        point: A key of ``POINTS``.
    """
    table = run.table("attacks")
    arms = arms_of(run)
    if not arms:
        return None
    at = table[table["point"] == point]
    start = table[table["point"] == "start"]
    arms = [arm for arm in arms if arm.name in set(at["arm"])]
    titles = [_title(at, arm, point) for arm in arms]
    figure = canvas(look, x="", y="", height=int(max(look.height, (96 + 40 * len(arms)) * look.scale)))
    places = side_by_side(figure, look, ["still refused", "perplexity"], gap=WIDE_GAP)
    for (column, unit), axes in zip((("prefix", "%"), ("perplexity", "")), places, strict=True):
        shown = []
        if len(start):
            before = float(start.groupby("seed")[column].mean().mean())
            shown.append(before)
            figure.add_scatter(x=[before, before], y=[titles[0], titles[-1]], mode="lines", hoverinfo="skip",
                               line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"}, **axes)
        for arm, title in zip(arms, titles, strict=True):
            mine = at[at["arm"] == arm.name]
            row = over_perplexities(mine, ["arm"]) if column == "perplexity" else over(mine, ["arm"], column, (0.0, 1.0))
            shown += row[["low", "high"]].to_numpy().ravel().tolist()
            colour = colour_of(arm, look)
            figure.add_scatter(
                x=row["value"], y=[title], mode="markers", error_x=whiskers(row, look, colour), cliponaxis=False,
                marker={"symbol": arm.symbol, "size": look.size(13), "color": colour, "line": {"width": 2, "color": colour}},
                text=[f"<b>{arm.title}</b><br>{said(row.iloc[0], unit)}"], hovertemplate="%{text}<extra></extra>", **axes)
        _end_range(figure, axes, column, shown)
    rows_named(figure, titles)
    return figure


def _title(at: pd.DataFrame, arm: ArmMark, point: str) -> str:
    """Return an arm's title, with a star where some seed never reached the plain arm's loss."""
    mine = at[at["arm"] == arm.name]
    return arm.title + (" *" if point == "equal_loss" and not mine["reached"].astype(bool).all() else "")


def _end_range(figure: go.Figure, axes: dict[str, str], column: str, shown: list[float]) -> None:
    name = f"xaxis{axes['xaxis'][1:]}"
    if column == "prefix":
        figure.update_layout({name: {"range": [-0.06, 1.06], "tickformat": ".0%", "tickvals": [0.0, 1.0]}})
        return
    finite = [value for value in shown if math.isfinite(value)]
    room = 0.12 * max(max(finite) - min(finite), 0.05 * max(finite))
    figure.update_layout({name: {"range": [max(0.0, min(finite) - room), max(finite) + room], "nticks": 3}})


def alt_ends(run: Run) -> str:
    """Return what freezing keeps beyond a random set of the same size."""
    gain, control = run.estimate("freezing_gain"), run.estimate("freezing_gain_random")
    if math.isnan(gain.value):
        return "The fine-tuning attack was left out of this run."
    return (f"Freezing SCU and top CU keeps {words.number(gain.value, 'pt', signed=True)} of refusals beyond a random set at equal loss; "
            f"two random sets differ by {words.number(control.value, 'pt', signed=True)}.")


assert {arm.panel for arm in ARMS} <= {"", *PANELS}
