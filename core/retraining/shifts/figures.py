"""The figures of shifted data, as a literal table in the order of the page."""

import math

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.panels import legend_above, over, rows_named, said, side_by_side, whiskers
from core.lab.runs import Run
from core.retraining import cost_axis
from core.retraining.shifts.columns import BY_NAME, COLUMNS
from core.retraining.shifts.figures_models import MODELS, REGRET, TITLES
from core.retraining.shifts.words import example

KINDS = ("member", "non-member", "safety-critical", "complex", "stripped", "defended", "harmed", "utility-critical", "neutral")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon", "triangle-down")


def kinds_of(cases: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """Return kind, name, colour and symbol of every kind of shift."""
    names = [(kind, str(part["shift"].iloc[0]).rstrip("12345 ")) for kind, part in cases.groupby("kind", sort=False)]
    return [(kind, name, MARKS[KINDS[place % 9]].colour, SYMBOLS[place % 9]) for place, (kind, name) in enumerate(names)]


def costs(run: Run, look: Look, *, model: str = "full") -> go.Figure | None:
    """Return RESQUE and raw error of every shift against images to target, all seeds; never reached is drawn at the cap, open."""
    cases = run.table("cases")
    cases = cases[cases["model"] == model]
    if cases.empty:
        return None
    cap = float(run.request.config.cap)
    figure = canvas(look, x="", y="images to target")
    places = side_by_side(figure, look, ["RESQUE", "1 − raw accuracy"])
    for panel, (column, place) in enumerate(zip(("resque", "raw_error"), places, strict=True)):
        for kind, name, colour, symbol in kinds_of(cases):
            part = cases[cases["kind"] == kind]
            never = part["images"].isna()
            figure.add_scatter(
                x=part[column], y=cost_axis.places(part["images"], cap), mode="markers", name=name, legendgroup=kind,
                showlegend=not panel, marker={
                    "size": look.size(11), "color": colour, "line": {"width": look.size(1.5), "color": colour},
                    "symbol": [f"{symbol}-open" if one else symbol for one in never]},
                text=[f"<b>{row.shift}</b>, seed {row.seed}<br>{cost_words(row.images, cap)}<br>raw accuracy {1 - row.raw_error:.0%}"
                      for row in part.itertuples()], hovertemplate="%{text}<extra></extra>", **place)
        figure.add_shape(type="line", xref=f"{place['xaxis']} domain", yref=place["yaxis"], x0=0, x1=1, y0=cap, y1=cap,
                         line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    cost_axis.draw(figure, cap)
    figure.update_xaxes(nticks=4)
    legend_above(figure)
    return figure


def cost_words(images: float, cap: float) -> str:
    """Return a cost in words."""
    return f"not reached within {cap:,.0f} images" if math.isnan(images) else "needs none" if images == 0 else f"{images:,.0f} images"


def ranking(run: Run, look: Look) -> go.Figure | None:
    """Return how every index and free rival ranks cost at the run's target, with intervals over seeds."""
    ranks = run.table("ranks")
    mine = ranks[(ranks["margin"] == run.request.config.margin) & ranks["model"].isin(["half", "full"])]
    means = over(mine.groupby(["index", "seed"], sort=False, as_index=False)["spearman"].mean(), ["index"], "spearman", (-1.0, 1.0))
    means = means.sort_values("value", ascending=False)
    figure = canvas(look, x="rank correlation with cost", y="", height=int(look.height * 1.35))
    for is_free, name, mark in ((False, "index of a paper", "member"), (True, "free rival", "non-member")):
        part = means[[BY_NAME[name].is_free == is_free for name in means["index"]]]
        figure.add_scatter(
            x=part["value"], y=[title(one) for one in part["index"]], mode="markers", name=name, error_x=whiskers(part, look,
                                                                                                           MARKS[mark].colour),
            marker={"size": look.size(12), "color": MARKS[mark].colour, "symbol": MARKS[mark].symbol},
            text=[f"<b>{BY_NAME[row.index].title}</b><br>{said(row, '')}" for row in part.rename(columns={"index": "name"}).assign(
                index=part["index"]).itertuples(index=False)], hovertemplate="%{text}<extra></extra>")
    rows_named(figure, [title(one) for one in means["index"]])
    figure.update_xaxes(range=[min(-0.05, float(means["low"].min()) - 0.05), 1.03])
    figure.update_yaxes(tickfont={"size": look.size(13)})
    legend_above(figure, titles=False)
    return figure


def title(name: str) -> str:
    """Return the name of a column, starred where it needs no labels of the new data."""
    return BY_NAME[name].title + ("" if BY_NAME[name].needs_labels else " *")


def curves(run: Run, look: Look, *, model: str = "full") -> go.Figure | None:
    """Return the curves of the shifts that show where raw accuracy has the order wrong, with the target, first seed."""
    found = example(run, model)
    if found is None:
        return None
    seed, first, second = found
    table = run.table("curves")
    figure = canvas(look, x="images of retraining", y="accuracy on shifted test images")
    target = float(first["target"])
    lows = []
    for row, mark in ((first, "member"), (second, "non-member")):
        part = table[(table["seed"] == seed) & (table["model"] == model) & (table["kind"] == row["kind"])
                     & (table["level"] == row["level"])]
        lows.append(float(part["accuracy"].min()))
        figure.add_scatter(x=part["images"], y=part["accuracy"], mode="lines+markers", name=str(row["shift"]),
                           line={"color": MARKS[mark].colour, "width": look.size(3.5), "dash": MARKS[mark].dash},
                           marker={"size": look.size(7), "symbol": MARKS[mark].symbol},
                           hovertemplate=f"<b>{row['shift']}</b><br>%{{y:.1%}} after %{{x:,}} images<extra></extra>")
    figure.add_hline(y=target, line={"color": look.ink, "width": look.size(2), "dash": "dot"})
    figure.add_annotation(x=1, xref="paper", y=target, text=f"<b>target {target:.0%}</b>", showarrow=False, xanchor="right",
                          yanchor="top", yshift=-14, font={"size": look.size(15), "color": look.ink})
    figure.update_yaxes(tickformat=".0%", range=[max(0.0, min(lows) - 0.04), 1.0])
    figure.update_xaxes(range=[-0.02 * run.request.config.cap, 1.02 * run.request.config.cap])
    legend_above(figure, titles=False)
    return figure


def censoring(run: Run, look: Look) -> go.Figure | None:
    """Return the shares of retrainings that needed none, got there, and never got there, by model."""
    cases = run.table("cases")
    figure = canvas(look, x="", y="share of retrainings")
    shares = {"needed none": cases["images"] == 0, "got there": cases["images"] > 0, "never reached": cases["images"].isna()}
    for (name, chosen), mark in zip(shares.items(), ("defended", "member", "harmed"), strict=True):
        part = cases.assign(share=chosen.astype(float)).groupby("model", sort=False)["share"].mean()
        figure.add_bar(x=[TITLES[one].replace(" ", "<br>", 1) for one in part.index], y=part, name=name,
                       marker={"color": MARKS[mark].colour, "pattern": {"shape": {"harmed": "/", "member": "", "defended": "x"}[mark],
                                                                        "fgcolor": "rgba(255,255,255,0.5)", "fillmode": "overlay"}},
                       hovertemplate=f"<b>{name}</b><br>%{{y:.0%}}<extra></extra>")
    figure.update_layout(barmode="stack")
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    figure.update_xaxes(showgrid=False)
    legend_above(figure, titles=False)
    return figure


def energies(run: Run, look: Look) -> go.Figure | None:
    """Return energy against CPU seconds of every retraining, one line a seed: straight, because that is how it is shared out."""
    cases = run.table("cases")
    if cases["energy_kwh"].isna().all():
        return None
    carbon = float(cases["co2_kg"].sum() / cases["energy_kwh"].sum())
    figure = canvas(look, x="CPU seconds to target", y=f"mWh, modelled; each {carbon:.2f} mg CO₂e")
    for seed, part in cases.sort_values("seconds").groupby("seed"):
        figure.add_scatter(
            x=part["seconds"], y=1e6 * part["energy_kwh"], mode="lines+markers", line={"color": faint(NEUTRAL, 0.6), "width": look.size(2)},
            marker={"size": look.size(7), "color": faint(NEUTRAL, 0.8)}, showlegend=False,
            text=[f"<b>{row.shift}</b>, {TITLES[row.model].lower()}, seed {seed}<br>{1e6 * row.energy_kwh:.2g} mWh, "
                  f"{1e6 * row.co2_kg:.2g} mg CO₂e" for row in part.itertuples()], hovertemplate="%{text}<extra></extra>")
        figure.add_annotation(x=part["seconds"].iloc[-1], y=1e6 * part["energy_kwh"].iloc[-1], text=f"seed {seed}", showarrow=False,
                              xanchor="left", xshift=look.size(7), font={"size": look.size(13), "color": look.ink})
    top_x, top_y = float(cases["seconds"].max()), float(1e6 * cases["energy_kwh"].max())
    figure.update_xaxes(range=[-0.03 * top_x, 1.25 * top_x + 1e-6])
    figure.update_yaxes(range=[-0.03 * top_y, 1.08 * top_y + 1e-6])
    return figure


def alt_costs(run: Run) -> str:
    """Return both rank correlations."""
    return (f"Rank correlation with images to target is {words.number(run.estimate('rank_resque').value)} for RESQUE and "
            f"{words.number(run.estimate('rank_raw').value)} for raw error; costs on a log axis.")


def alt_ranking(run: Run) -> str:
    """Return how many indices were ranked, and the two that matter."""
    return (f"{len(COLUMNS)} indices and rivals; RESQUE {words.number(run.estimate('rank_resque').value)}, mean unconfidence "
            f"{words.number(run.estimate('rank_confidence').value)}, raw error {words.number(run.estimate('rank_raw').value)}.")


def alt_curves(run: Run) -> str:
    """Return what the example shows."""
    found = example(run, "full")
    return "No pair of shifts where raw accuracy has the order wrong." if found is None else (
        f"{found[1]['shift']} needs more images than {found[2]['shift']}, although its raw accuracy is higher.")


def alt_censoring(run: Run) -> str:
    """Return both shares."""
    return (f"{words.number(run.estimate('free').value, '%')} of retrainings need none, "
            f"{words.number(run.estimate('censored').value, '%')} never reach their target.")


def alt_energy(run: Run) -> str:
    """Return what the line means."""
    return "Energy is a constant times CPU seconds: all points lie on one line for each seed."


COSTS = Figure(
    id="costs", title="What an index says, and what it cost", draw=costs, alt=alt_costs,
    caption="A point a shift and seed. Dotted: the cap; open marks above it never got there.")
RANKING = Figure(
    id="ranking", title="Indices and what everybody can read off for free", draw=ranking, alt=alt_ranking,
    caption="Mean of the two plain models; bars: 95% over seeds. A star marks what needs no labels of the new data.")
CURVES = Figure(
    id="curves", title="Where raw accuracy has the order wrong", draw=curves, alt=alt_curves,
    caption="The pair that differs most, of the first seed that has one: begins higher, arrives later. Dotted: the target.")
CENSORING = Figure(
    id="censoring", title="Needed none, got there, never reached", draw=censoring, alt=alt_censoring,
    caption="All seeds. Where nearly all need none, a rank correlation means nothing: the model trained with noise is left out of it.")
ENERGY = Figure(
    id="energy", title="Energy is time in other units", draw=energies, alt=alt_energy,
    caption="The meter reads the whole machine for the whole step, modelled where it must, and is shared out by CPU seconds: what else "
            "the machine did makes one seed's line steeper than another's.")

FIGURES: tuple[Figure, ...] = (COSTS, RANKING, CURVES, MODELS, REGRET, CENSORING, ENERGY)
