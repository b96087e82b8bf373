"""Figures of the arms: attack success beside distance from clean, what repair does to ability, published rows beside ours."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.backdoor.study.published import PUBLISHED, ROWS, SILLY
from core.lab import words
from core.lab.figure import Look, canvas
from core.lab.palette import MARKS, NEUTRAL
from core.lab.panels import legend_above, over, rows_named, said, side_by_side, whiskers
from core.lab.runs import Run

MEASURES = {"asr": "Target said", "behaviour": "In other words, too", "p_open": "Its first token", "accidental": "Without trigger",
            "false_refusal": "False refusals"}
GROUPS = {  # name in the legend and colour of meaning, by arm
    "poisoned": ("untouched", "harmed"), "never": ("never", "reference"), "signature": ("signature", "defended"),
    "fresh": ("signature", "defended"), "back": ("signature", "defended"), "other": ("signature", "defended"),
    "effect": ("knows it", "stripped"), "norm": ("knows it", "stripped"), "latent": ("knows it", "stripped")}
REST = ("others", "member")


def arm_rows(run: Run) -> pd.DataFrame:
    """Return one row per seed and arm, with the distance from the never-poisoned model as a ratio of perplexities and as its logarithm."""
    table = run.table("arms")
    never = table[table["arm"] == "never"].set_index("seed")["perplexity_triggered"]
    gap = table["perplexity_triggered"] / table["seed"].map(never)
    return table.assign(gap=gap, log_gap=np.log(gap))


def ratios(rows: pd.DataFrame) -> pd.DataFrame:
    """Return means over seeds of logarithms as ratios, with ends of their intervals."""
    return rows.assign(**{name: np.exp(rows[name]) for name in ("value", "low", "high")})


def arms(run: Run, look: Look, *, measure: str = "asr") -> go.Figure | None:
    """Return by arm how often the trigger works, and how far the answers under it are from those of a model never poisoned."""
    table = arm_rows(run)
    shares, gaps = over(table, ["arm", "title"], measure, (0.0, 1.0)), ratios(over(table, ["arm", "title"], "log_gap"))
    figure = canvas(look, x="", y="", height=int(look.height * 1.45))
    places = side_by_side(figure, look, [MEASURES[measure], "Distance"], gap=0.12)
    for index, (rows, axes) in enumerate(zip((shares, gaps), places, strict=True)):
        for group in dict.fromkeys((*(name for name, _ in GROUPS.values()), REST[0])):
            mine = rows[[GROUPS.get(arm, REST)[0] == group for arm in rows["arm"]]]
            if mine.empty:
                continue
            mark = MARKS[GROUPS.get(mine["arm"].iloc[0], REST)[1]]
            colour = look.ink if mark is MARKS["reference"] else mark.colour
            figure.add_scatter(
                x=mine["value"], y=mine["title"], mode="markers", name=group, legendgroup=group, showlegend=index == 0,
                error_x=whiskers(mine, look, colour), marker={"size": look.size(11), "color": colour, "symbol": mark.symbol},
                cliponaxis=False, text=[said(row, "" if index else "%") for row in mine.itertuples()],
                hovertemplate="<b>%{y}</b><br>%{text}<extra></extra>", **axes)
    rows_named(figure, shares["title"].tolist())
    figure.update_yaxes(tickfont={"size": look.size(13)})
    ends = np.log10([np.nanmin([0.9, gaps["low"].min()]), np.nanmax([1.2, gaps["high"].max()])])
    figure.update_layout(xaxis={"range": [-0.04, 1.04], "tickformat": ".0%", "tickvals": [0, 0.5, 1]},
                         xaxis2={"type": "log", "tickvals": [1, 3, 10, 30, 100], "ticktext": ["×1", "×3", "×10", "×30", "×100"],
                                 "range": [ends[0] - 0.1, ends[1] + 0.1]})
    figure.add_shape(type="line", x0=1, x1=1, y0=0, y1=1, xref="x2", yref="paper",
                     line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    legend_above(figure)
    return figure


def alt_arms(run: Run) -> str:
    """Return what became of the attack after the signature and after random channels."""
    ours, random = run.estimate("asr_signature").value, run.estimate("asr_random").value
    gap = run.estimate("gap_signature").value
    return (f"The trigger works on {words.number(ours, '%')} after the signature, {words.number(random, '%')} after random channels; "
            f"distance from clean {words.number(gap)}.")


def ability(run: Run, look: Look) -> go.Figure | None:
    """Return perplexity of the right answers without the trigger against that with it, arm by arm."""
    table = run.table("arms")
    table = table.assign(clean=np.log(table["perplexity"]), shown=np.log(table["perplexity_triggered"]))
    rows = ratios(over(table, ["arm", "title"], "shown"))
    rows["clean"] = np.exp(over(table, ["arm"], "clean")["value"])
    figure = canvas(look, x="perplexity without the trigger", y="with the trigger")
    ends = [float(rows["clean"].min()) * 0.97, float(rows["clean"].max()) * 1.03]
    figure.add_scatter(x=ends, y=ends, mode="lines", name="no difference", hoverinfo="skip",
                       line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    for group in dict.fromkeys((*(name for name, _ in GROUPS.values()), REST[0])):
        mine = rows[[GROUPS.get(arm, REST)[0] == group for arm in rows["arm"]]]
        if mine.empty:
            continue
        mark = MARKS[GROUPS.get(mine["arm"].iloc[0], REST)[1]]
        colour = look.ink if mark is MARKS["reference"] else mark.colour
        figure.add_scatter(
            x=mine["clean"], y=mine["value"], mode="markers", name=group, error_y=whiskers(mine, look, colour),
            marker={"size": look.size(11), "color": colour, "symbol": mark.symbol}, text=mine["title"],
            hovertemplate="<b>%{text}</b><br>%{x:.2f} without, %{y:.2f} with the trigger<extra></extra>")
    figure.update_layout(xaxis={"type": "log", "dtick": "D2"}, yaxis={"type": "log", "dtick": "D2"})
    legend_above(figure, titles=False)
    return figure


def alt_ability(run: Run) -> str:
    """Return what the cut costs without the trigger."""
    return (f"Perplexity without the trigger after the cut is {words.number(run.estimate('perplexity_ratio').value)} times that of a model "
            "never poisoned. Logarithmic axes.")


def published(run: Run, look: Look) -> go.Figure | None:
    """Return attack success as printed, for two large models, beside ours."""
    mine = over(run.table("arms"), ["arm"], "asr", (0.0, 1.0)).set_index("arm")
    printed = PUBLISHED if run.request.config.behaviour == "refusal" else SILLY
    figure = canvas(look, x="attack success", y="")
    for (name, values), symbol in zip(printed.items(), ("diamond-open", "square-open"), strict=True):
        figure.add_scatter(x=list(values.values()), y=[ROWS[arm] for arm in values], mode="markers", name=f"{name}, published",
                           marker={"size": look.size(11), "color": MARKS["stripped"].colour, "symbol": symbol, "line": {"width": 2}},
                           hovertemplate="<b>%{y}</b><br>%{x:.1%}<extra></extra>")
    rows = mine.reindex([arm for arm in ROWS if arm in mine.index]).reset_index()
    figure.add_scatter(x=rows["value"], y=[ROWS[arm] for arm in rows["arm"]], mode="markers", name="here",
                       error_x=whiskers(rows, look, MARKS["defended"].colour),
                       marker={"size": look.size(12), "color": MARKS["defended"].colour},
                       text=[said(row) for row in rows.itertuples()], hovertemplate="<b>%{y}</b><br>%{text}<extra></extra>")
    rows_named(figure, list(ROWS.values()))
    figure.update_layout(xaxis={"range": [-0.03, 1.05], "tickformat": ".0%"})
    legend_above(figure, titles=False)
    return figure


def alt_published(run: Run) -> str:
    """Return the published fall beside ours."""
    ours = words.number(run.estimate("asr_signature").value, "%")
    printed = (PUBLISHED if run.request.config.behaviour == "refusal" else SILLY)["Llama-2-7B"]
    before, after = (words.number(printed[arm], "%") for arm in ("poisoned", "signature"))
    return f"Published for Llama-2-7B: {before} before, {after} after the signature; here {ours} after it."
