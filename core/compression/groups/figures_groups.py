"""Figures of groups at one setting: who loses after training at small size, every group before and after, what it is taken for."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.compression.frames import FAMILIES, edge_means, group_rows, over, sham_step, step_of, trained_step
from core.compression.points import FLOAT
from core.lab import words
from core.lab.figure import Look, canvas
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.runs import Run

HARM = MARKS["harmed"]
SERIES = (("tail", "head", "largest groups"), ("tail", "tail", "smallest groups"),
          ("balanced", "head", "balanced copy"), ("balanced", "tail", "balanced copy"))


def trained_contrast(run: Run, look: Look) -> go.Figure | None:
    """Return what head and tail lose at the trained settings and in their shams, each beside the balanced copy, with intervals."""
    means = edge_means(group_rows(run), "drop")
    means["value"] *= 100.0
    steps = [step for family in FAMILIES for step in (trained_step(run, family), sham_step(family))]
    figure = canvas(look, x="accuracy lost, points", y="", height=int(look.height * 1.1))
    for order, (copy, edge, name) in enumerate(SERIES):
        mine = means[(means["copy"] == copy) & (means["edge"] == edge)]
        found = over(mine, "setting", [step.setting for step in steps])
        colour = NEUTRAL if copy == "balanced" else look.ink if edge == "head" else HARM.colour
        symbol = ("circle" if edge == "head" else HARM.symbol) + ("-open" if copy == "balanced" else "")
        y = [_row(steps, setting) + (0.12, -0.02, 0.26, -0.16)[order] * 1.3 for setting in found["setting"]]
        figure.add_scatter(
            x=found["value"], y=y, mode="markers", name=name, showlegend=order != len(SERIES) - 1,
            marker={"size": look.size(13 if copy == "tail" else 9), "color": colour, "symbol": symbol,
                    "line": {"width": 2, "color": colour}},
            error_x={"type": "data", "symmetric": False, "array": (found["high"] - found["value"]).fillna(0),
                     "arrayminus": (found["value"] - found["low"]).fillna(0), "color": faint(colour, 0.8), "width": 0,
                     "thickness": look.size(3 if copy == "tail" else 1.5)},
            text=[f"<b>{'balanced copy: ' if copy == 'balanced' else ''}{name if copy == 'tail' else _placebo(edge)}</b><br>"
                  f"lose {row.value:+.1f} points{_interval(row)}".replace("-", words.MINUS) for row in found.itertuples()],
            hovertemplate="%{text}<extra></extra>")
    figure.add_vline(x=0, line={"color": NEUTRAL, "width": 1.5, "dash": "dot"})
    figure.update_yaxes(tickmode="array", tickvals=list(range(len(steps))), range=[-0.6, len(steps) - 0.4],
                        ticktext=[_two_lines(step.words) for step in reversed(steps)])
    figure.update_layout(showlegend=True)
    ends = _ends(figure)
    figure.update_xaxes(range=[min(-1.5, ends[0] - 0.5), max(ends[1] * 1.1, 3.0)])
    return figure


def _placebo(edge: str) -> str:
    return f"classes that are {'largest' if edge == 'head' else 'smallest'} in the long tail"


def _interval(row) -> str:
    return "" if np.isnan(row.low) else f"<br>95% interval {row.low:+.1f} to {row.high:+.1f}"


def _row(steps: list, setting: str) -> int:
    return len(steps) - 1 - next(place for place, step in enumerate(steps) if step.setting == setting)


def _two_lines(text: str) -> str:
    return text.replace(", ", ",<br>", 1).replace("trained through the", "trained through<br>the").capitalize()


def _ends(figure: go.Figure) -> tuple[float, float]:
    low = [float(value) - float(bar) for trace in figure.data for value, bar in zip(trace.x, trace.error_x.arrayminus, strict=True)]
    high = [float(value) + float(bar) for trace in figure.data for value, bar in zip(trace.x, trace.error_x.array, strict=True)]
    return min(low, default=0.0), max(high, default=1.0)


def every_group(run: Run, look: Look, *, family: str = "quantise", setting: str = "") -> go.Figure | None:
    """Return accuracy of every place by size before and after one setting, largest group on top.

    Args:
        run: A finished run.
        look: Ink and scale.
        family: ``quantise`` or ``prune``.
        setting: Slug of the setting; empty for the trained one.
    """
    step, rows = step_of(run, family, setting), group_rows(run)
    mine = rows[(rows["copy"] == "tail") & rows["setting"].isin([FLOAT, step.setting])]
    if mine.empty:
        return None
    ranks = sorted(mine["rank"].unique())
    before, after = (over(mine[mine["setting"] == one], "rank", ranks, "accuracy") for one in (FLOAT, step.setting))
    sizes = mine.groupby("rank")["n_train"].mean()
    figure = canvas(look, x="test accuracy", y="group by training images", height=int(look.height * 1.25))
    for first, second in zip(before.itertuples(), after.itertuples(), strict=True):
        figure.add_scatter(x=[first.value, second.value], y=[-first.rank, -first.rank], mode="lines", hoverinfo="skip",
                           line={"color": NEUTRAL, "width": look.size(2)})
    for found, name, colour, symbol in ((before, "float", look.ink, "circle"), (after, step.words, HARM.colour, HARM.symbol)):
        figure.add_scatter(
            x=found["value"], y=-found["rank"], mode="markers", name=name,
            marker={"size": look.size(11), "color": colour, "symbol": symbol},
            text=[f"<b>{name}</b><br>{100 * row.value:.1f}% right{_share_interval(row)}<br>{sizes[row.rank]:.0f} training images"
                  for row in found.itertuples()], hovertemplate="%{text}<extra></extra>")
    figure.update_yaxes(tickmode="array", tickvals=[-rank for rank in ranks], ticktext=[f"{sizes[rank]:.0f}" for rank in ranks],
                        range=[-max(ranks) - 1.4, 0.9])
    low = min(float(before["value"].min()), float(after["value"].min()))
    figure.update_xaxes(range=[max(-0.02, low - 0.12), 1.02], tickformat=".0%")
    figure.update_layout(showlegend=True)
    for trace in figure.data[:-2]:
        trace.showlegend = False
    return figure


def _share_interval(row) -> str:
    return "" if np.isnan(row.low) else f" ({100 * row.low:.1f} to {100 * row.high:.1f}% over seeds)"


def worst_group(run: Run, family: str, setting: str) -> tuple[int, str, pd.DataFrame]:
    """Return group, name and confusion rows of the group with the lowest accuracy at a setting, first seed."""
    step, rows = step_of(run, family, setting), group_rows(run)
    seed = run.request.seeds[0]
    mine = rows[(rows["seed"] == seed) & (rows["copy"] == "tail") & (rows["setting"] == step.setting)]
    worst = mine.loc[mine["accuracy"].idxmin()]
    table = run.table("confusions")
    chosen = table[(table["seed"] == seed) & (table["group"] == worst["group"])]
    return int(worst["group"]), str(worst["name"]), chosen


def confusion(run: Run, look: Look, *, family: str = "quantise", setting: str = "") -> go.Figure | None:
    """Return what the worst group's images are taken for, float beside the setting: bars from zero, first seed."""
    step = step_of(run, family, setting)
    _, name, rows = worst_group(run, family, setting)
    classes = run.results[0].classes.set_index("y")["name"]
    shares = {}
    for one in (FLOAT, step.setting):
        counted = rows[rows["setting"] == one].groupby("y_pred")["n"].sum()
        shares[one] = counted / max(1, counted.sum())
    seen = pd.DataFrame(shares).fillna(0.0)
    seen = seen[(seen > 0.005).any(axis=1)].sort_values(step.setting)
    if seen.empty:
        return None
    figure = canvas(look, x=f"share of {name} images", y="taken for", height=int(look.height * 1.05))
    for one, title, colour, pattern in ((FLOAT, "float", look.ink, ""), (step.setting, step.words, HARM.colour, "/")):
        figure.add_bar(x=seen[one], y=[str(classes.get(y, y)) for y in seen.index], orientation="h", name=title,
                       marker={"color": colour, "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.6)"}},
                       text=[f"<b>{title}</b><br>{100 * share:.1f}%" for share in seen[one]], textposition="none",
                       hovertemplate="%{text}<extra></extra>")
    figure.update_layout(showlegend=True, barmode="group", bargap=0.25)
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%")
    return figure


def alt_trained(run: Run) -> str:
    """Return what tail and head lose at the trained settings."""
    tail, head = run.estimate("tail_drop_qat"), run.estimate("head_drop_qat")
    pruned_tail, pruned_head = run.estimate("tail_drop_prune"), run.estimate("head_drop_prune")
    return (f"Rounded and trained, small groups lose {words.number(tail.value, 'pt')} and large ones {words.number(head.value, 'pt')}; "
            f"pruned, {words.number(pruned_tail.value, 'pt')} and {words.number(pruned_head.value, 'pt')}.")


def alt_groups(run: Run) -> str:
    """Return the worst group's accuracy before and after the trained setting."""
    rows = group_rows(run)
    mine = rows[(rows["copy"] == "tail")].groupby(["setting", "rank"])["accuracy"].mean()
    before, after = mine[FLOAT].min(), mine[trained_step(run, "quantise").setting].min()
    return f"The worst place by size has {100 * before:.0f}% right in float and {100 * after:.0f}% after training at few bits."


def alt_confusion(run: Run) -> str:
    """Return the worst group's name and what it is taken for most."""
    _, name, rows = worst_group(run, "quantise", "")
    group = rows[rows["setting"] == trained_step(run, "quantise").setting]
    wrong = group[group["y"] != group["y_pred"]].groupby("y_pred")["n"].sum()
    classes = run.results[0].classes.set_index("y")["name"]
    most = f", most wrongly taken for {classes[wrong.idxmax()]}" if len(wrong) else ""
    return f"The worst group after training at few bits is {name}{most}."
