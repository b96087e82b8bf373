"""The figure and table that put the published removals beside ours."""

import math

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.estimate import Estimate
from core.lab.figure import Look, canvas
from core.lab.runs import Run
from core.safety.marks import GROUPS, NAMES
from core.safety.units.published import ATTACKED, REMOVED

SYMBOLS = {"SCU": "circle", "UCU": "square", "RU": "x"}


def ours(run: Run) -> pd.DataFrame:
    """Return what this run removed, at the shares that its claims are about: group, share, refused, perplexity, accuracy; means."""
    config, table = run.request.config, run.table("removal")
    rows = []
    for group, percent in (("none", 0.0), ("SCU", config.scu_percent), ("UCU", config.ucu_percent), ("RU", config.ru_percent),
                           ("random", config.scu_percent)):
        mine = table[table["group"] == group]
        if mine.empty:
            continue
        at = mine[(mine["share"] - percent / 100).abs() == (mine["share"] - percent / 100).abs().min()]
        rows.append({"group": group, **at[["share", "prefix", "perplexity", "accuracy"]].mean().to_dict()})
    return pd.DataFrame(rows).rename(columns={"prefix": "refused"})


def beside(run: Run) -> pd.DataFrame:
    """Return published rows and ours: model, group, share, answered, perplexity, utility; published ones first."""
    title = str(run.table("model")["title"].iloc[0])
    theirs = [{"model": row.model, "group": row.category, "share": row.share,
               "answered": row.answered, "perplexity": row.perplexity, "utility": row.utility} for row in REMOVED]
    mine = [{"model": f"{title}, here", "group": row.group, "share": row.share, "answered": 1 - row.refused,
             "perplexity": row.perplexity, "utility": row.accuracy} for row in ours(run).itertuples()]
    return pd.DataFrame(theirs + mine)


FROZEN = {"plain": "nothing", "scu_top_cu": "SCU and top CU", "scu_all_cu": "SCU and all CU"}


def attacked_beside(run: Run) -> pd.DataFrame:
    """Return what ordinary fine-tuning leads to, published and here: model, data, before, and answered by what was frozen; ours last.

    Theirs after equally many epochs, ours after equally many steps; an arm that this run left out is NaN.
    """
    theirs = [{"model": row.model, "data": row.data, "before": row.initial, "plain": row.plain, "scu_top_cu": row.top_complex,
               "scu_all_cu": row.all_complex} for row in ATTACKED]
    table = run.table("attacks")
    if table.empty:
        return pd.DataFrame(theirs)
    answered = 1 - table.groupby(["point", "arm"])["prefix"].mean()
    mine = {arm: float(answered.get(("equal_steps", arm), math.nan)) for arm in FROZEN}
    title = str(run.table("model")["title"].iloc[0])
    return pd.DataFrame([*theirs, {"model": f"{title}, here", "data": "ordinary pairs", "before": float(answered["start"].mean()), **mine}])


def published(run: Run, look: Look) -> go.Figure | None:
    """Return what removal adds to the answered share and to log perplexity: published models as open marks, ours filled."""
    table = beside(run)
    figure = canvas(look, x="perplexity, times that of the whole model", y="answered more, points")
    shown: list[tuple[float, float]] = []
    for model, part in table.groupby("model", sort=False):
        start = part[part["group"] == "none"].iloc[0]
        is_ours = model.endswith(", here")
        for group, symbol in SYMBOLS.items():
            for row in part[part["group"] == group].itertuples():
                ratio, more = row.perplexity / start["perplexity"], 100 * (row.answered - start["answered"])
                shown.append((ratio, more))
                figure.add_scatter(
                    x=[ratio], y=[more], mode="markers", name=NAMES[group], showlegend=False,
                    marker={"symbol": symbol if is_ours else "diamond-open", "size": look.size(15 if is_ours else 12),
                            "color": GROUPS[group].colour if is_ours else look.ink,
                            "line": {"width": 2, "color": GROUPS[group].colour if is_ours else look.ink}},
                    text=[f"<b>{model}</b><br>{NAMES[group]} removed, {row.share:.1%} of units<br>"
                          f"{f'{more:+.0f}'.replace('-', words.MINUS)} points answered<br>perplexity times {ratio:.2f}"],
                    hovertemplate="%{text}<extra></extra>")
                figure.add_annotation(
                    x=math.log10(ratio), y=more, text=f"<b>{group}</b>" if is_ours else group, showarrow=False, xanchor="left", xshift=9,
                    font={"size": look.size(15 if is_ours else 13), "color": look.ink})
    low, high = min(ratio for ratio, _ in shown), max(ratio for ratio, _ in shown)
    figure.update_xaxes(type="log", range=[math.log10(low) - 0.1, math.log10(high) + 0.35], tickmode="array",
                        tickvals=[tick for tick in (0.5, 1, 3, 10, 30, 100, 1000, 10000) if low / 1.3 < tick < high * 2.2],
                        ticktext=[f"{tick:g}" for tick in (0.5, 1, 3, 10, 30, 100, 1000, 10000) if low / 1.3 < tick < high * 2.2])
    bottom, top = min(more for _, more in shown), max(more for _, more in shown)
    figure.update_yaxes(range=[min(-8.0, bottom - 6), max(10.0, top + 8)])
    return figure


def alt_published(run: Run) -> str:
    """Return the published and our own fall of refusals."""
    drop = run.estimate("refusal_drop_scu")
    told = words.estimate(Estimate(drop.value, None, None, drop.n), "pt") if math.isfinite(drop.value) else "not resolvable"
    return f"Answered more without SCU: published 48 to 71 points, here {told.split(',')[0]}; logarithmic axis."
