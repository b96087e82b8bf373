"""Figures of causes, one dot a group: excess loss against gradient, curvature, trace, float loss or size; Taylor terms and bound."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.compression.frames import group_rows, step_of
from core.compression.groups.headline import usual_bits, usual_sparsity
from core.compression.points import FLOAT
from core.compression.ranks import rank_correlation
from core.lab import words
from core.lab.figure import Look, canvas, label, name
from core.lab.palette import MARKS, NEUTRAL
from core.lab.runs import Run

HARM = MARKS["harmed"]
CAUSES = {"gradient_norm": ("Gradient norm", "group gradient norm, float"), "eigenvalue": ("Curvature", "largest eigenvalue, float"),
          "trace": ("Trace", "trace of the Hessian, float"),
          "train_loss": ("Float loss", "training loss, float, nats"),
          "variance_left": ("Logit variance", "logit variance, share of float"), "n_train": ("Group size", "training images in the group")}
EDGES = (("middle", "other groups", NEUTRAL, "circle-open"), ("head", "largest groups", "", "circle"),
         ("tail", "smallest groups", HARM.colour, HARM.symbol))
SMALLEST = 1e-7


def usual(run: Run, family: str) -> str:
    """Return the slug of a family's setting that the claims are measured at."""
    return usual_bits(run.request.config) if family == "quantise" else usual_sparsity(run.request.config)


def cause_rows(run: Run, setting: str, copy: str = "tail") -> pd.DataFrame:
    """Return one row per seed and group: the float network's gradient, curvature, loss and size, the setting's variance and excess loss."""
    known = run.table("groups")
    known = known[known["copy"] == copy][["seed", "group", "gradient_norm", "eigenvalue", "train_loss", "trace"]]
    rows = group_rows(run)
    rows = rows[rows["copy"] == copy]
    before = rows[rows["setting"] == FLOAT][["seed", "group", "logit_variance"]].rename(columns={"logit_variance": "variance_float"})
    here = rows[rows["setting"] == setting].drop(columns=["gradient_norm", "eigenvalue", "train_loss", "trace"])
    merged = here.merge(known, on=["seed", "group"]).merge(before, on=["seed", "group"])
    return merged.assign(variance_left=merged["logit_variance"] / merged["variance_float"])


def mean_rank_correlation(rows: pd.DataFrame, cause: str, effect: str = "excess_loss") -> float:
    """Return Spearman's correlation over groups, mean over seeds."""
    return float(np.mean([rank_correlation(part[cause], part[effect]) for _, part in rows.groupby("seed")]))


def causes(run: Run, look: Look, *, family: str = "prune", setting: str = "", cause: str = "gradient_norm") -> go.Figure | None:
    """Return excess training loss at a setting against a property of the float network, one dot for each seed and group.

    Args:
        run: A finished run.
        look: Ink and scale.
        family: ``quantise`` or ``prune``.
        setting: Slug; empty for the one that the claims are measured at.
        cause: One of ``CAUSES``: properties of the float network, but for the variance that the setting leaves.
    """
    step = step_of(run, family, setting or usual(run, family))
    rows = cause_rows(run, step.setting).dropna(subset=[cause, "excess_loss"])
    if rows.empty:
        return None
    figure = canvas(look, x=CAUSES[cause][1], y="excess training loss, nats", height=int(look.height * 1.05))
    for edge, title, colour, symbol in EDGES:
        mine = rows[rows["edge"] == edge]
        figure.add_scatter(
            x=mine[cause], y=mine["excess_loss"], mode="markers", name=title,
            marker={"size": look.size(10), "color": colour or look.ink, "symbol": symbol,
                    "line": {"width": 1.5, "color": colour or look.ink}},
            text=[f"<b>{row.name}</b>, seed {row.seed}<br>{row.n_train} training images<br>excess loss {row.excess_loss:.3f} nats"
                  for row in mine.itertuples(index=False)],
            hovertemplate="%{text}<extra></extra>")
    figure.update_layout(showlegend=True)
    if cause != "train_loss" and float(rows[cause].min()) > 0:
        figure.update_xaxes(type="log", **log_ticks(rows[cause]))
    low, high = float(rows["excess_loss"].min()), float(rows["excess_loss"].max())
    figure.update_yaxes(range=[min(0.0, low) - 0.05 * (high - low), high + 0.15 * (high - low + 1e-9)])
    found = mean_rank_correlation(rows, cause)
    figure.add_annotation(xref="paper", yref="paper", x=0.01, y=0.99, xanchor="left", yanchor="top", showarrow=False,
                          text=f"rank correlation {found:.2f}".replace("-", words.MINUS), font={"size": look.size(15), "color": look.ink})
    return figure


def log_ticks(values: pd.Series) -> dict[str, object]:
    """Return ticks of a logarithmic axis that are plain numbers: powers of ten, or 1, 2, 5 where there are few decades."""
    low, high = float(values.min()), float(values.max())
    steps = (1,) if np.log10(high / low) > 2 else (1, 2, 5)
    known = [step * 10.0**power for power in range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1) for step in steps]
    shown = [tick for tick in known if low / 1.5 <= tick <= high * 1.5]
    return {"tickmode": "array", "tickvals": shown, "ticktext": [f"{tick:g}" for tick in shown]}


def size_and_gradient(run: Run, look: Look, *, measure: str = "gradient_norm") -> go.Figure | None:
    """Return the float network's gradient norm (or eigenvalue) of each group against its size: long-tailed and balanced copy."""
    table = run.table("groups")
    figure = canvas(look, x="training images, long-tailed copy", y=CAUSES[measure][1], height=int(look.height * 1.05))
    sizes = table[table["copy"] == "tail"].set_index(["seed", "group"])["n_train"]
    for copy, title, colour, symbol in (("balanced", "balanced copy", NEUTRAL, "circle-open"),
                                        ("tail", "long-tailed copy", look.ink, "circle")):
        mine = table[table["copy"] == copy]
        x = sizes.loc[list(zip(mine["seed"], mine["group"], strict=True))].to_numpy()
        figure.add_scatter(x=x, y=mine[measure], mode="markers", name=title, marker={
            "size": look.size(9), "color": colour, "symbol": symbol, "line": {"width": 1.5, "color": colour}},
            text=[f"<b>{title}</b><br>{row.name}, seed {row.seed}<br>{row.n_train} training images<br>{getattr(row, measure):.3g}"
                  for row in mine.itertuples(index=False)], hovertemplate="%{text}<extra></extra>")
    figure.update_xaxes(type="log", **log_ticks(table["n_train"]))
    figure.update_yaxes(type="log", **log_ticks(table[measure]))
    figure.update_layout(showlegend=True)
    return figure


def taylor(run: Run, look: Look, *, family: str = "prune", setting: str = "") -> go.Figure | None:
    """Return what the exact first and second order foretell, and what the published bound allows, against the measured excess loss.

    Sizes on both axes; a hollow mark is a group whose loss falls. On the diagonal the foretelling is exact.
    """
    table = run.table("taylor")
    known = [slug for slug in dict.fromkeys(table["setting"]) if (slug[0] == "p") == (family == "prune")]
    if not known:
        return None
    slug = setting if setting in known else known[0]
    rows = table[(table["setting"] == slug) & (table["copy"] == "tail")]
    measured = rows["excess_loss"].abs().clip(lower=SMALLEST)
    series = {"bound": (rows["bound_first"] + rows["bound_second"], MARKS["stripped"].colour, "diamond"),
              "terms": (rows["first"] + rows["second"], look.ink, "circle")}
    figure = canvas(look, x="measured change of loss, nats", y="foretold change, nats", height=int(look.height * 1.1))
    for title, (values, colour, symbol) in series.items():
        hollow = (rows["excess_loss"] < 0).to_numpy()
        figure.add_scatter(
            x=measured, y=values.abs().clip(lower=SMALLEST), mode="markers", name=title,
            marker={"size": look.size(9), "color": colour, "symbol": np.where(hollow, f"{symbol}-open", symbol),
                    "line": {"width": 1.5, "color": colour}},
            text=[f"<b>{'published bound' if title == 'bound' else 'first and second order'}</b><br>foretold {value:+.2g} nats<br>"
                  f"measured {seen:+.2g} nats".replace("-", words.MINUS) for value, seen in zip(values, rows["excess_loss"], strict=True)],
            hovertemplate="%{text}<extra></extra>")
    low, high = float(np.log10(measured.min())), float(np.log10(max(measured.max(), 1e-12)))
    figure.add_scatter(x=[10**(low - 0.3), 10**(high + 0.3)], y=[10**(low - 0.3), 10**(high + 0.3)], mode="lines", hoverinfo="skip",
                       line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    _taylor_axes(figure, look, rows, measured, low, high)
    return figure


def _taylor_axes(figure: go.Figure, look: Look, rows: pd.DataFrame, measured: pd.Series, low: float, high: float) -> None:
    bound = np.log10((rows["bound_first"] + rows["bound_second"]).clip(lower=SMALLEST))
    figure.update_xaxes(type="log", range=[low - 0.3, high + 0.4], dtick=1, exponentformat="power")
    figure.update_yaxes(type="log", range=[low - 0.8, float(bound.max()) + 0.8], dtick=2, exponentformat="power")
    middle = float(np.median(np.log10(measured)))
    name(figure, look, "published bound", x=low - 0.1, y=float(bound.max()) + 0.45)
    label(figure, look, "exact terms", x=middle, y=middle, shift=(36, 34))


def taylor_settings(run: Run, family: str) -> list[str]:
    """Return the slugs of the mild settings of a family, mildest first."""
    return [slug for slug in dict.fromkeys(run.table("taylor")["setting"]) if (slug[0] == "p") == (family == "prune")]


def alt_causes(run: Run) -> str:
    """Return how excess loss goes with gradient and curvature."""
    gradient, curvature = run.estimate("gradient_rank"), run.estimate("curvature_rank")
    return (f"Over groups, excess loss goes with gradient norm at rank correlation {words.number(gradient.value)} and with curvature at "
            f"{words.number(curvature.value)}.")


def alt_size(run: Run) -> str:
    """Return how gradient norms go with size in either copy."""
    tail, balanced = run.estimate("size_gradient_rank"), run.estimate("size_gradient_rank_balanced")
    return (f"Gradient norm goes with size at rank correlation {words.number(tail.value)}, in the balanced copy at "
            f"{words.number(balanced.value)}. Both axes are logarithmic.")


def alt_taylor(run: Run) -> str:
    """Return how close the terms come and how far the bound is."""
    error, reached = run.estimate("taylor_error"), run.estimate("bound_reached")
    return (f"At the mildest pruning the exact terms miss by {words.number(error.value, '%')}; no group reaches "
            f"{words.number(max(reached.value, 0.0001), '%')} of the bound. Logarithmic axes.")
