"""Which regime a training set is in: difficulty with the carriers overlaid, the test of it over epochs, and scores compared."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas, label
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.runs import Run
from core.spurious.figures_means import means, percent_axis, said, whiskers

SCENARIO_WORDS = {"main": "As set", "hidden": "Weak mark", "identifiable": "Many carriers", "noisy": "Wrong labels"}
SCORE_WORDS = {"el2n": "EL2N", "loss": "Loss", "margin": "Margin", "forgetting": "Forgetting"}
LEVEL = 0.05
DASHES = {"main": ("solid", "circle"), "hidden": ("dash", "square"), "identifiable": ("longdash", "diamond")}


def scenarios(run: Run) -> dict[str, str]:
    """Return the training sets of a run that have a histogram of difficulty, id to words."""
    there = set(run.table("histogram")["scenario"])
    return {scenario: words_ for scenario, words_ in SCENARIO_WORDS.items() if scenario in there}


def histogram(run: Run, look: Look, *, scenario: str = "main") -> go.Figure | None:
    """Return the difficulty of the carriers beside that of the other images of their class, mean over seeds on shared bins."""
    table = run.table("histogram")
    mine = table[table["scenario"] == scenario]
    if mine.empty:
        return None
    first = mine[mine["seed"] == mine["seed"].iloc[0]]
    mine = mine[mine["left"].isin(first["left"])]  # bins that other seeds share
    rows = _coarser(mine.groupby(["left", "right"], as_index=False)[["carriers", "others"]].mean())
    figure = canvas(look, x="difficulty, easy to hard", y="share of images")
    edges = np.append(rows["left"].to_numpy(), rows["right"].iloc[-1])
    top = float(rows[["carriers", "others"]].to_numpy().max())
    for column, words_, colour, dash in (("others", "others of the class", look.ink, "solid"),
                                         ("carriers", "carriers", MARKS["harmed"].colour, "dashdot")):
        shares = rows[column].to_numpy()
        figure.add_scatter(
            x=edges, y=np.append(shares, shares[-1]), mode="lines", fill="tozeroy", fillcolor=faint(colour, 0.14), name=words_,
            line={"color": colour, "width": look.size(3), "dash": dash, "shape": "hv"},
            hovertemplate=f"<b>{words_}</b><br>%{{y:.1%}} of them<br>difficulty from %{{x:.2f}}<extra></extra>")
    figure.update_xaxes(range=[float(edges[0]), float(edges[-1])])
    figure.update_yaxes(range=[0, top * 1.15], tickformat=".0%" if top > 0.04 else ".1%")
    _name_shapes(figure, look, rows, top)
    return figure


def _coarser(rows: pd.DataFrame) -> pd.DataFrame:
    """Return bins twice as wide: carriers are few, and narrow bins of few images show chance."""
    pair = np.arange(len(rows)) // 2
    grouped = rows.groupby(pair)
    return pd.DataFrame({"left": grouped["left"].min(), "right": grouped["right"].max(), "carriers": grouped["carriers"].sum(),
                         "others": grouped["others"].sum()})


def _name_shapes(figure: go.Figure, look: Look, rows: pd.DataFrame, top: float) -> None:
    """Name both shapes in the empty upper right, each with a line to its own outline."""
    middle = ((rows["left"] + rows["right"]) / 2).to_numpy()
    for column, words_, place, height in (("carriers", "carriers", 0.22, 0.95), ("others", "others of<br>the class", 0.4, 0.72)):
        spot = int(place * len(rows))
        label(figure, look, words_, x=float(middle[spot]), y=float(rows[column].iloc[spot]), shift=(40, 0))
        figure.layout.annotations[-1].update(ayref="y", ay=top * height)


def verdict(run: Run, scenario: str) -> tuple[str, float]:
    """Return the regime of a training set by the epoch that pruning uses, and the largest p-value.

    ``identifiable`` when the test rejects in every seed, ``hidden`` when it rejects in none, ``mixed`` when seeds disagree.
    """
    table = run.table("regimes")
    mine = table[(table["scenario"] == scenario) & table["is_used"].astype(bool)]
    if mine.empty:
        return "", float("nan")
    worst = float(mine["p_value"].max())
    rejected = mine["p_value"] < LEVEL
    return ("identifiable" if rejected.all() else "mixed" if rejected.any() else "hidden"), worst


def verdict_words(run: Run, scenario: str) -> str:
    """Return the verdict of the test in a sentence, with its p-values."""
    regime, _ = verdict(run, scenario)
    table = run.table("regimes")
    mine = table[(table["scenario"] == scenario) & table["is_used"].astype(bool)]
    if not regime:
        return "The test was not made in this run."
    p = ", ".join(_p(value) for value in mine["p_value"])
    auc = words.number(float(mine["carrier_auc"].mean()))
    if regime == "hidden":
        return f"Hidden: the test does not tell carriers from the rest (p = {p}; AUC {auc}, 0.50 is alike)."
    if regime == "mixed":
        return f"Not decided: the test tells carriers from the rest in some seeds alone (p = {p}; AUC {auc}, 0.50 is alike)."
    side = "easier" if mine["carrier_auc"].mean() < 0.5 else "harder"
    return f"Identifiable: carriers are {side} than the rest of their class (p = {p}; AUC {auc}, 0.50 is alike)."


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def histogram_alt(run: Run) -> str:
    """Return how difficult carriers are beside the rest of their class."""
    auc = run.estimate("carrier_auc").value
    return (f"A carrier is harder than another image of its class in {words.number(auc, '%')} of pairs; alike would be "
            "50.0%.")


def over_epochs(run: Run, look: Look) -> go.Figure | None:
    """Return how carriers rank in difficulty after each epoch, one line per training set; filled where the test rejects."""
    table = run.table("regimes")
    rows = means(table, ["scenario", "epoch"], ["carrier_auc"])
    rows = rows.merge(table.groupby(["scenario", "epoch"], as_index=False)["p_value"].max(), on=["scenario", "epoch"])
    rows = rows[rows["scenario"].isin(DASHES)]
    if rows.empty:
        return None
    figure = canvas(look, x="epoch", y="carrier harder than the rest")
    figure.add_hline(y=0.5, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    used = float(table.loc[table["is_used"].astype(bool), "epoch"].mean())
    figure.add_vline(x=used, line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    last = float(rows["epoch"].max())
    for scenario, (dash, symbol) in DASHES.items():
        mine = rows[rows["scenario"] == scenario]
        if mine.empty:
            continue
        hover = [f"<b>{SCENARIO_WORDS[scenario]}</b><br>after epoch {row.epoch:.0f}<br>AUC {row.carrier_auc:.2f}<br>"
                 f"largest p {row.p_value:.3f}" for row in mine.itertuples()]
        figure.add_scatter(
            x=mine["epoch"], y=mine["carrier_auc"], mode="lines+markers", name=SCENARIO_WORDS[scenario], text=hover,
            hovertemplate="%{text}<extra></extra>", line={"color": look.ink, "width": look.size(3), "dash": dash},
            error_y=whiskers(mine, "carrier_auc", look),
            marker={"size": look.size(10), "color": look.ink, "line": {"width": 2, "color": look.ink},
                    "symbol": [symbol if p < LEVEL else f"{symbol}-open" for p in mine["p_value"]]})
        spot = mine.iloc[len(mine) // 2]
        label(figure, look, SCENARIO_WORDS[scenario].lower(), x=spot["epoch"], y=spot["carrier_auc"], shift=(24, -34))
    figure.update_xaxes(range=[0.7, last + 0.4])
    figure.update_yaxes(range=[0.0, 1.0], tickformat=".2f")
    label(figure, look, "score used for pruning", x=used, y=0.93, shift=(20, 0), bold=False)
    label(figure, look, "alike", x=last, y=0.5, shift=(-12, -26), bold=False)
    return figure


def over_epochs_alt(run: Run) -> str:
    """Return how carriers rank after the first and the last epoch."""
    table = run.table("regimes")
    mine = table[table["scenario"] == "main"].groupby("epoch")["carrier_auc"].mean()
    if mine.empty:
        return "The difficulty of the carriers was not followed over epochs in this run."
    return (f"A carrier is harder than the rest in {mine.iloc[0]:.0%} of pairs after epoch {mine.index[0]} and in {mine.iloc[-1]:.0%} "
            f"after epoch {mine.index[-1]}.")


def scores(run: Run, look: Look, *, measure: str = "reliance") -> go.Figure | None:
    """Return what pruning the hardest by each score leaves of being misled, as dots with intervals."""
    table = run.table("scores")
    rows = means(table, ["score"], [measure, "stability"]).iloc[::-1]
    if rows.empty:
        return None
    names = [SCORE_WORDS.get(score, score) for score in rows["score"]]
    figure = canvas(look, x="misled after pruning", y="", height=int(130 + 46 * look.scale * len(rows)))
    mark = MARKS["defended"]
    hover = [f"<b>{name}</b><br>{said(row, measure)} misled<br>stability {row.stability:.2f}"
             for name, row in zip(names, rows.itertuples(), strict=True)]
    figure.add_scatter(x=rows[measure], y=names, mode="markers", text=hover, hovertemplate="%{text}<extra></extra>",
                       marker={"size": look.size(12), "color": mark.colour, "symbol": mark.symbol}, error_x=whiskers(rows, measure, look))
    before, chance = run.estimate("reliance").value, run.estimate("reliance_random").value
    for value, words_, height in ((before, "nothing pruned", 0.2), (chance, "random", 0.65)):
        if np.isfinite(value):
            figure.add_vline(x=value, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
            label(figure, look, words_, x=value, y=len(rows) - height, shift=(-14, 0), bold=False)
    highest = max(value for value in (before, chance, float(rows[measure].max())) if np.isfinite(value))
    percent_axis(figure, "x", 0.0, min(1.05, highest + 0.25))
    figure.update_yaxes(range=[-0.6, len(rows)], tickmode="linear", categoryorder="array", categoryarray=names)
    return figure


def scores_alt(run: Run) -> str:
    """Return which score leaves least of being misled."""
    rows = means(run.table("scores"), ["score"], ["reliance"])
    if rows.empty:
        return "Scores were not compared in this run."
    best, worst = rows.loc[rows["reliance"].idxmin()], rows.loc[rows["reliance"].idxmax()]
    return (f"Pruning by {SCORE_WORDS[best['score']]} leaves {words.number(best['reliance'], '%')} misled, by "
            f"{SCORE_WORDS[worst['score']]} {words.number(worst['reliance'], '%')}.")
