"""Several models and one shift: their curves to one target, and what a wrong choice loses."""

import math

import numpy as np
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS, NEUTRAL
from core.lab.panels import legend_above, over, rows_named, whiskers
from core.lab.runs import Run
from core.retraining.cost import images_to
from core.retraining.shifts.columns import BY_NAME

TITLES = {"half": "Narrow", "full": "Wide", "robust": "Trained with noise", "mlp": "Perceptron"}
LOOKS = {"half": "member", "full": "non-member", "robust": "defended", "mlp": "stripped"}


def dearest(run: Run) -> str:
    """Return kind and level of the shift that costs most in the mean over models and seeds, as one word; never reached is the cap."""
    cases = run.table("cases")
    paid = cases.assign(images=cases["images"].fillna(float(run.request.config.cap)))
    kind, level = paid.groupby(["kind", "level"], sort=False)["images"].mean().idxmax()
    return f"{kind} {level}"


def models(run: Run, look: Look, *, shift: str = "") -> go.Figure | None:
    """Return every model's curve under one shift with the target that all share, first seed."""
    kind, _, level = (shift or dearest(run)).rpartition(" ")
    result = run.results[0]
    table = result.curves[(result.curves["kind"] == kind) & (result.curves["level"] == int(level))]
    if table.empty:
        return None
    target = float(result.models["clean_accuracy"].min()) - run.request.config.margin / 100
    figure = canvas(look, x="images of retraining", y="accuracy on shifted test images")
    for model, part in table.groupby("model", sort=False):
        mark = MARKS[LOOKS[model]]
        cost = images_to(part["images"].to_numpy(), part["accuracy"].to_numpy(), target)
        figure.add_scatter(x=part["images"], y=part["accuracy"], mode="lines+markers", name=TITLES[model],
                           line={"color": mark.colour, "width": look.size(3.5), "dash": mark.dash},
                           marker={"size": look.size(7), "symbol": mark.symbol},
                           hovertemplate=f"<b>{TITLES[model]}</b><br>%{{y:.1%}} after %{{x:,}} images<br>"
                                         + ("never reaches the target" if math.isinf(cost) else f"target after {cost:,.0f}")
                                         + "<extra></extra>")
    figure.add_hline(y=target, line={"color": look.ink, "width": look.size(2), "dash": "dot"})
    figure.add_annotation(x=1, xref="paper", y=target, text=f"<b>target {target:.0%}</b>", showarrow=False, xanchor="right",
                          yanchor="top", yshift=-14, font={"size": look.size(15), "color": look.ink})
    figure.update_yaxes(tickformat=".0%", range=[max(0.0, float(table["accuracy"].min()) - 0.04), 1.0])
    figure.update_xaxes(range=[-0.02 * run.request.config.cap, 1.02 * run.request.config.cap])
    legend_above(figure, titles=False)
    return figure


def regret(run: Run, look: Look) -> go.Figure | None:
    """Return what following each index loses when one of the models is to be reused, in images, with intervals over seeds."""
    choices = run.table("choices")
    mine = choices[choices["margin"] == run.request.config.margin]
    if mine.empty:
        return None
    wanted = ["resque", "raw_error", "norm_error", "unconfidence", "arm_released", "preindex", "random"]
    names = {name: "random pick" if name == "random" else BY_NAME[name].title for name in wanted}
    means = over(mine.groupby(["index", "seed"], sort=False, as_index=False)["regret"].mean(), ["index"], "regret", (0.0, math.inf))
    means = means[means["index"].isin(wanted)].sort_values("value")
    figure = canvas(look, x="images lost by the pick", y="")
    figure.add_scatter(
        x=means["value"], y=[names[one] for one in means["index"]], mode="markers", error_x=whiskers(means, look),
        marker={"size": look.size(13), "color": [NEUTRAL if one == "random" else MARKS["member"].colour for one in means["index"]],
                "symbol": ["diamond" if one == "random" else "circle" for one in means["index"]]},
        hovertemplate="<b>%{y}</b><br>%{x:,.0f} images lost<extra></extra>")
    rows_named(figure, [names[one] for one in means["index"]])
    figure.update_xaxes(range=[-0.03 * float(means["high"].max()) - 5, float(means["high"].max()) * 1.1 + 5])
    return figure


def alt_models(run: Run) -> str:
    """Return how often RESQUE and a random pick name the cheapest."""
    right, chance = (words.number(run.estimate(f"right_{name}").value, "%") for name in ("resque", "random"))
    return f"One curve a model, one target; over all shifts RESQUE names the cheapest in {right}, a random pick in {chance}."


def alt_regret(run: Run) -> str:
    """Return three regrets."""
    lost = {name: run.estimate(f"regret_{name}").value for name in ("resque", "raw", "random")}
    told = (f"{name} {'not resolvable' if np.isnan(value) else f'{value:.0f}'}" for name, value in lost.items())
    return f"Images lost against the cheapest model: {', '.join(told)}."


MODELS = Figure(
    id="models", title="Several models, one shift", draw=models, alt=alt_models,
    caption="First seed. Dotted: one target for all, the least clean accuracy less the points set.")
REGRET = Figure(
    id="regret", title="Which model to reuse: what a wrong choice loses", draw=regret, alt=alt_regret,
    caption="One target for all models; mean over shifts that cost something. Bars: 95% over seeds.")
