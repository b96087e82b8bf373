"""Figures of what size does: every setting's contrast with its interval, seen and unseen alike, and the census beside it."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.compression.frames import FAMILIES, Rung, group_rows, ladder, over, sham_step, trained_step
from core.compression.groups.figures_causes import log_ticks
from core.compression.points import FLOAT
from core.lab import words
from core.lab.errors import InputError
from core.lab.figure import Look, canvas
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.runs import Run
from core.measures.size_effects import fixed_size_effect

HARM = MARKS["harmed"]
ESTIMATORS = {"did": "Tail against head", "size_effect": "Every group", "fixed": "Over seeds"}
WORDS = {"did": "tail minus head, long tail minus balanced", "size_effect": "effect of size, against balanced",
         "fixed": "effect of size, groups held fixed"}
CLIP = 25.0
COLLAPSED = 2 / 3  # of the float accuracy: under it a network has lost most classes, and which ones is chance; set with results in view


def contrast_rows(run: Run, family: str, estimator: str) -> pd.DataFrame:
    """Return one row per setting measured in both copies, mildest first: setting, words, value, low, high, in points, is_collapsed."""
    steps = [*ladder(run, family)[1:], trained_step(run, family), sham_step(family)]
    if estimator == "fixed":
        rows = [(step.setting, *_fixed(run, step)) for step in steps]
        found = pd.DataFrame(rows, columns=["setting", "value", "low", "high"])
    else:
        found = over(run.table("effects"), "setting", [step.setting for step in steps], estimator)
    found[["value", "low", "high"]] *= 100.0
    said = {step.setting: step.words for step in steps}
    return found.assign(words=found["setting"].map(said), is_collapsed=found["setting"].isin(collapsed(run)))


def collapsed(run: Run) -> set[str]:
    """Return the settings whose mean accuracy over seeds is under two thirds of float in either copy: no contrast is read there."""
    accuracy = run.table("settings").groupby(["copy", "setting"])["accuracy"].mean().unstack("copy")
    return set(accuracy.index[(accuracy < COLLAPSED * accuracy.loc[FLOAT]).any(axis=1)])


def _fixed(run: Run, step: Rung) -> tuple[float, float, float]:
    rows = group_rows(run)
    mine = rows[(rows["copy"] == "tail") & (rows["setting"] == step.setting)]
    drop, sizes = (mine.pivot(index="seed", columns="group", values=column).to_numpy(float) for column in ("drop", "n_train"))
    try:
        estimate = fixed_size_effect(drop, sizes).estimate
    except InputError:  # under three seeds, or groups whose order never changes: size and group are one
        return (np.nan, np.nan, np.nan)
    return estimate.value, estimate.low, estimate.high


def contrasts(run: Run, look: Look, *, family: str = "quantise", estimator: str = "did") -> go.Figure | None:
    """Return the contrast of every setting with its interval over seeds; filled where the interval leaves zero out.

    A collapsed network is a cross, whatever its interval.

    Args:
        run: A finished run.
        look: Ink and scale.
        family: ``quantise`` or ``prune``.
        estimator: One of ``ESTIMATORS``.
    """
    rows = contrast_rows(run, family, estimator).dropna(subset=["value"]).reset_index(drop=True)
    if rows.empty:
        return None
    figure = canvas(look, x="extra loss of small groups, points", y="", height=int(look.height * 1.05))
    y = np.arange(len(rows))[::-1]
    fallen = rows["is_collapsed"].to_numpy()
    sure = ((rows["low"] > 0) | (rows["high"] < 0)).to_numpy() & ~fallen
    colours = np.where(fallen, NEUTRAL, np.where(sure, HARM.colour, look.ink))
    symbols = np.where(fallen, "x-thin-open", np.where(sure, HARM.symbol, "circle-open"))
    ticks = [_short(row.words) + (", collapsed" if row.is_collapsed else "") for row in rows.itertuples()]
    figure.add_scatter(
        x=rows["value"], y=y, mode="markers",
        marker={"size": look.size(12), "color": colours, "symbol": symbols,
                "line": {"width": 2, "color": colours}},
        error_x={"type": "data", "symmetric": False, "array": (rows["high"] - rows["value"]).fillna(0),
                 "arrayminus": (rows["value"] - rows["low"]).fillna(0), "color": faint(NEUTRAL, 0.9), "thickness": look.size(3),
                 "width": 0},
        text=[f"<b>{row.words}</b><br>{row.value:+.1f} points<br>95% interval {row.low:+.1f} to {row.high:+.1f}".replace("-", words.MINUS)
              for row in rows.itertuples()], hovertemplate="%{text}<extra></extra>")
    figure.add_vline(x=0, line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    figure.update_yaxes(tickmode="array", tickvals=y.tolist(), ticktext=ticks,
                        range=[-0.7, len(rows) - 0.3], tickfont={"size": look.size(13)})
    low, high = float(rows[["low", "value"]].min().min()), float(rows[["high", "value"]].max().max())
    most = float(rows["value"].max()) + 3.0  # a value always shows, however wide its interval
    figure.update_xaxes(range=[max(-CLIP, low - 1.0), min(max(CLIP, most), high + 1.0)])
    return figure


def _short(text: str) -> str:
    return (text.replace(", weights and activations", "").replace("trained through the rounding", "trained")
            .replace("trained further, not", "not").replace(" pruned, then retrained", ", retrained"))


def alt_contrasts(run: Run) -> str:
    """Return which settings of either family leave zero out of their interval."""
    sure = [_short(row.words) for family in FAMILIES for row in contrast_rows(run, family, "did").itertuples()
            if row.low > 0 and not row.is_collapsed and row.setting != sham_step(family).setting]
    what = ", ".join(dict.fromkeys(sure)) if sure else "no setting"
    return f"Extra loss of small groups: the interval lies above zero for {what}."


def census(run: Run, look: Look, *, setting: str = "p80") -> go.Figure | None:
    """Return what each group of the census loses at one setting, largest group on top: natural shares beside equal shares."""
    table = run.table("census")
    rows = table[table["setting"] == setting]
    if rows.empty:
        return None
    natural = rows[rows["copy"] == "tail"].groupby("group")["n_train"].mean().sort_values(ascending=False)
    names = rows.drop_duplicates("group").set_index("group")["name"]
    order = list(natural.index)
    figure = canvas(look, x="accuracy lost, points", y="", height=int(look.height * 0.95))
    for copy, title, colour, symbol, away in (("balanced", "equal shares", NEUTRAL, "circle-open", -0.14),
                                              ("tail", "natural shares", look.ink, "circle", 0.14)):
        found = over(rows[rows["copy"] == copy], "group", order, "drop")
        found[["value", "low", "high"]] *= 100.0
        y = [len(order) - 1 - order.index(group) + away for group in found["group"]]
        figure.add_scatter(
            x=found["value"], y=y, mode="markers", name=title,
            marker={"size": look.size(11), "color": colour, "symbol": symbol, "line": {"width": 2, "color": colour}},
            error_x={"type": "data", "symmetric": False, "array": (found["high"] - found["value"]).fillna(0),
                     "arrayminus": (found["value"] - found["low"]).fillna(0), "color": faint(colour, 0.7), "thickness": look.size(2.5),
                     "width": 0},
            text=[f"<b>{names[row.group]}</b>, {title}<br>lose {row.value:+.1f} points".replace("-", words.MINUS)
                  for row in found.itertuples()],
            hovertemplate="%{text}<extra></extra>")
    figure.add_vline(x=0, line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    figure.update_yaxes(tickmode="array", tickvals=list(range(len(order)))[::-1], range=[-0.6, len(order) - 0.4],
                        ticktext=[f"{names[group]}<br>n = {natural[group]:.0f}" for group in order], tickfont={"size": look.size(13)})
    figure.update_layout(showlegend=True, legend={"traceorder": "reversed"})
    return figure


def base_rate(run: Run, look: Look, *, measure: str = "base_rate") -> go.Figure | None:
    """Return the census network's curvature of each group against the group's base rate, or against its size."""
    table = run.table("census")
    rows = table[(table["setting"] == "float") & (table["copy"] == "tail")]
    if rows.empty:
        return None
    titles = {"base_rate": "share with the larger income", "n_train": "training rows in the group"}
    figure = canvas(look, x=titles[measure], y="largest eigenvalue, float", height=int(look.height * 0.95))
    figure.add_scatter(
        x=rows[measure], y=rows["eigenvalue"], mode="markers",
        marker={"size": look.size(10), "color": look.ink, "symbol": "circle"},
        text=[f"<b>{row.name}</b>, seed {row.seed}<br>{row.n_train} training rows<br>{100 * row.base_rate:.0f}% with the larger income<br>"
              f"eigenvalue {row.eigenvalue:.3g}" for row in rows.itertuples(index=False)], hovertemplate="%{text}<extra></extra>")
    if measure == "n_train":
        figure.update_xaxes(type="log", **log_ticks(rows[measure]))
    else:
        figure.update_xaxes(tickformat=".0%", range=[0, float(rows[measure].max()) * 1.15])
    figure.update_yaxes(range=[0, float(rows["eigenvalue"].max()) * 1.1])
    return figure


def alt_census(run: Run) -> str:
    """Return the extra loss of small census groups with its interval."""
    found = run.estimate("did_census")
    return f"Census at 80% pruned, small groups' extra loss against equal shares: {words.estimate(found, 'pt', signed=True)}."


def alt_base_rate(run: Run) -> str:
    """Return the range of curvature over census groups."""
    table = run.table("census")
    mine = table[(table["setting"] == "float") & (table["copy"] == "tail")].groupby("name")["eigenvalue"].mean()
    if mine.empty:
        return "The census was not asked."
    return f"Census: the largest eigenvalue runs from {mine.min():.2g} for {mine.idxmin()} to {mine.max():.2g} for {mine.idxmax()}."
