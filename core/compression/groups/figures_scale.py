"""Figures along bits or sparsity: who loses accuracy, and the links of the chain, head against tail."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.compression.frames import Rung, edge_means, group_rows, ladder, over, trained_step
from core.lab import words
from core.lab.figure import Look, band, canvas
from core.lab.palette import MARKS, NEUTRAL
from core.lab.runs import Run

HARM = MARKS["harmed"]
CAP_BEYOND = 3  # rungs at the small end that may leave the figure
AXES = {"quantise": "bits", "prune": "weights removed"}
LINKS = {
    "weight_change": ("1  Weights move", "relative change of weights"),
    "activation_change": ("2  Activations move", "relative change of activations"),
    "logit_variance": ("3  Logits flatten", "logit variance, share of float"),
    "margin": ("4  Margins shrink", "margin, share of float"),
    "closeness": ("5  The boundary nears", "closeness to it, 0 is far"),
    "excess_loss": ("6  Training loss rises", "excess training loss, nats"),
    "gradient_norm": ("7  Gradients grow", "group gradient norm"),
    "eigenvalue": ("8  Curvature grows", "largest eigenvalue"),
    "trace": ("9  The trace grows too", "trace of the Hessian"),
    "drop": ("10  Accuracy falls", "accuracy lost, points"),
}
RATIOS = ("logit_variance", "margin")


def who_loses(run: Run, look: Look, *, family: str = "quantise", shown: str = "ends", part: str = "both") -> go.Figure | None:
    """Return accuracy lost against bits or sparsity: head and tail with bands, beside the balanced copy; or every group by size.

    Args:
        run: A finished run.
        look: Ink and scale.
        family: ``quantise`` or ``prune``.
        shown: ``ends`` (head and tail) or ``groups`` (one line for each place by size).
        part: ``both``, ``weights`` or ``activations``; of quantisation only.
    """
    steps = ladder(run, family, part if family == "quantise" else "both")
    trained = trained_step(run, family)
    rows = group_rows(run)
    figure = canvas(look, x=AXES[family], y="accuracy lost, points", height=int(look.height * 1.05))
    tops = _ends(figure, look, rows, steps, trained) if shown == "ends" else _groups(figure, look, rows, steps, trained)
    _axes(figure, steps, trained, tops)
    return figure


def _ends(figure: go.Figure, look: Look, rows: pd.DataFrame, steps: list[Rung], trained: Rung) -> list[float]:
    means = edge_means(rows, "drop")
    means["value"] *= 100.0
    tops = []
    lines = (("balanced", "head", NEUTRAL, "dot", "circle-open", "largest groups' classes, balanced copy"),
             ("balanced", "tail", NEUTRAL, "dot", "triangle-up-open", "smallest groups' classes, balanced copy"),
             ("tail", "head", look.ink, "solid", "circle", "largest groups"),
             ("tail", "tail", HARM.colour, HARM.dash, HARM.symbol, "smallest groups"))
    for copy, edge, colour, dash, symbol, name in lines:
        mine = means[(means["copy"] == copy) & (means["edge"] == edge)]
        found = over(mine, "setting", [step.setting for step in steps])
        at = over(mine, "setting", [trained.setting])
        if len(found) > 1:
            x = np.array([_place(steps, setting) for setting in found["setting"]], dtype=float)
            if copy == "tail":
                band(figure, x, found["low"], found["high"], NEUTRAL if edge == "head" else colour)
            figure.add_scatter(x=x, y=found["value"], mode="lines+markers",
                               line={"color": colour, "width": look.size(3.5 if copy == "tail" else 2), "dash": dash},
                               marker={"size": look.size(7 if copy == "tail" else 6), "symbol": symbol, "color": colour},
                               name=name if copy == "tail" else "balanced copy", showlegend=copy == "tail" or edge == "tail",
                               text=[_hover(name, row) for row in found.itertuples()], hovertemplate="%{text}<extra></extra>")
            if copy == "tail":
                tops += found["value"].tolist()[:max(2, len(found) - CAP_BEYOND)]
        if len(at) and copy == "tail":
            _trained_dot(figure, look, len(steps) + 0.15 + (0.25 if edge == "tail" else 0.0), at.iloc[0], colour, symbol, name)
            tops.append(float(np.nanmax(at[["value", "high"]].to_numpy())))
    figure.update_layout(showlegend=True, legend={"traceorder": "reversed"})
    return tops


def _trained_dot(figure: go.Figure, look: Look, x: float, row: pd.Series, colour: str, symbol: str, name: str) -> None:
    figure.add_scatter(x=[x], y=[row["value"]], mode="markers", error_y=_bars(look, row, colour), showlegend=False,
                       marker={"size": look.size(12), "symbol": symbol, "color": colour},
                       text=[_hover(f"{name}, trained", row)], hovertemplate="%{text}<extra></extra>")


def _bars(look: Look, row: pd.Series, colour: str) -> dict[str, object] | None:
    if np.isnan(row["low"]):
        return None
    return {"type": "data", "symmetric": False, "array": [row["high"] - row["value"]], "arrayminus": [row["value"] - row["low"]],
            "color": colour, "thickness": look.size(2), "width": 0}


def _hover(name: str, row) -> str:
    value, low, high = (row["value"], row["low"], row["high"]) if isinstance(row, pd.Series) else (row.value, row.low, row.high)
    interval = "" if np.isnan(low) else f"<br>95% interval {low:+.1f} to {high:+.1f}"
    return f"<b>{name}</b><br>lose {value:+.1f} points{interval}".replace("-", words.MINUS)


def _groups(figure: go.Figure, look: Look, rows: pd.DataFrame, steps: list[Rung], trained: Rung) -> list[float]:
    mine = rows[rows["copy"] == "tail"].assign(value=lambda frame: 100.0 * frame["drop"])
    ranks, tops = sorted(mine["rank"].unique()), []
    for rank in ranks:
        part = mine[mine["rank"] == rank]
        found = over(part, "setting", [step.setting for step in steps])
        share = rank / max(1, len(ranks) - 1)
        colour = _blend(look.ink, HARM.colour, share)
        size = f"{part['n_train'].mean():.0f} training images"
        figure.add_scatter(x=[_place(steps, setting) for setting in found["setting"]], y=found["value"], mode="lines+markers",
                           name=f"{part['n_train'].mean():.0f}", line={"color": colour, "width": look.size(2.5)},
                           marker={"size": look.size(6), "color": colour},
                           text=[_hover(size, row) for row in found.itertuples()], hovertemplate="%{text}<extra></extra>")
        at = over(part, "setting", [trained.setting])
        if len(at):
            dot = at.iloc[0].copy()
            dot[["low", "high"]] = np.nan  # ten bars at one place would hide the dots
            _trained_dot(figure, look, len(steps) + 0.5 * share, dot, colour, "circle", size)
            tops.append(float(at["value"].iloc[0]))
        tops += found["value"].tolist()[:max(2, len(found) - CAP_BEYOND)]
    figure.update_layout(showlegend=True, legend={"title": {"text": "images: "}})
    return tops


def _blend(first: str, second: str, share: float) -> str:
    parts = [(int(first[i:i + 2], 16), int(second[i:i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def _place(steps: list[Rung], setting: str) -> int:
    return next(place for place, step in enumerate(steps) if step.setting == setting)


def _axes(figure: go.Figure, steps: list[Rung], trained: Rung, tops: list[float]) -> None:
    top = max(6.0, *[value for value in tops if not np.isnan(value)]) if tops else 6.0
    figure.update_xaxes(range=[-0.4, len(steps) + 0.9], tickmode="array", tickvals=[*range(len(steps)), len(steps) + 0.3],
                        ticktext=[*(step.tick for step in steps), trained.tick.replace(", ", "<br>")])
    figure.update_yaxes(range=[-0.3 * top, 1.25 * top])
    figure.add_hline(y=0, line={"color": NEUTRAL, "width": 1.5, "dash": "dot"})
    figure.add_vline(x=len(steps) - 0.4, line={"color": NEUTRAL, "width": 1})


def link(run: Run, look: Look, *, family: str = "quantise", name: str = "drop") -> go.Figure | None:
    """Return one link of the chain along the ladder: head in ink, tail in colour, the trained setting as separate marks.

    Args:
        run: A finished run.
        look: Ink and scale.
        family: ``quantise`` or ``prune``.
        name: One of ``LINKS``.

    Returns:
        The figure; None where no setting of the family has this link measured.
    """
    steps, trained = ladder(run, family), trained_step(run, family)
    figure = canvas(look, x=AXES[family], y=LINKS[name][1], height=int(look.height * 0.72))
    if name == "weight_change":
        table = run.table("settings")
        means = table[table["copy"] == "tail"].rename(columns={name: "value"})
        series = [("all groups", means, look.ink, "solid", "circle")]
    else:
        means = edge_means(_relative(group_rows(run), name), name)
        means = means[(means["copy"] == "tail") & means["setting"].isin([step.setting for step in (*steps, trained)])]
        means = means.dropna(subset=["value"])
        if means.empty:
            return None
        series = [("largest groups", means[means["edge"] == "head"], look.ink, "solid", "circle"),
                  ("smallest groups", means[means["edge"] == "tail"], HARM.colour, HARM.dash, HARM.symbol)]
    figure.update_layout(showlegend=True, legend={"font": {"size": look.size(13)}})
    low, high = _link_lines(figure, look, series, steps, trained, 100.0 if name == "drop" else 1.0)
    figure.update_xaxes(range=[-0.4, len(steps) + 1.4], tickmode="array", tickvals=[*range(len(steps)), len(steps) + 0.7],
                        ticktext=[*(step.tick for step in steps), "trained"], tickfont={"size": look.size(12)})
    room = max(high - low, 1e-6)
    figure.update_yaxes(range=[low - 0.08 * room, high + 0.12 * room], title={"font": {"size": look.size(14)}}, nticks=4)
    return figure


def _relative(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the rows with a column in units of the float network where it is a share of it."""
    if name not in RATIOS:
        return rows
    keys = ["seed", "copy", "group"]
    before = rows[rows["setting"] == "float"][[*keys, name]].rename(columns={name: "before"})
    merged = rows.merge(before, on=keys)
    return merged.assign(**{name: merged[name] / merged["before"]})


def _link_lines(figure: go.Figure, look: Look, series: list, steps: list[Rung], trained: Rung, factor: float) -> tuple[float, float]:
    values = []
    for order, (name, means, colour, dash, symbol) in enumerate(series):
        found = over(means, "setting", [step.setting for step in steps])
        found[["value", "low", "high"]] *= factor
        x = [_place(steps, setting) for setting in found["setting"]]
        band(figure, x, found["low"], found["high"], NEUTRAL if colour == look.ink else colour)
        hover = [f"<b>{name}</b><br>{row.value:.3g}" for row in found.itertuples()]
        figure.add_scatter(x=x, y=found["value"], mode="lines+markers", line={"color": colour, "width": look.size(3), "dash": dash},
                           marker={"size": look.size(6), "color": colour, "symbol": symbol}, text=hover, name=name,
                           hovertemplate="%{text}<extra></extra>")
        at = over(means, "setting", [trained.setting])
        at[["value", "low", "high"]] *= factor
        if len(at):
            figure.add_scatter(x=[len(steps) + 0.6 + 0.25 * order], y=at["value"], mode="markers", showlegend=False,
                               marker={"size": look.size(11), "color": colour, "symbol": symbol}, error_y=_bars(look, at.iloc[0], colour),
                               text=[f"<b>{name}, trained</b><br>{at['value'].iloc[0]:.3g}"], hovertemplate="%{text}<extra></extra>")
        values += [*found["value"], *at["value"], *at["low"], *at["high"]]
    known = [value for value in values if np.isfinite(value)] or [0.0, 1.0]
    return min(0.0, *known), max(known)
