"""Figures of the widest differences between groups along the way: accuracy gap and excess-loss disparity, with intervals."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.compression.frames import Rung, group_rows, ladder, over, trained_step
from core.compression.groups.figures_scale import AXES
from core.lab import words
from core.lab.estimate import Estimate
from core.lab.figure import Look, band, canvas
from core.lab.palette import MARKS, NEUTRAL
from core.lab.runs import Run
from core.lab.seeds import generator
from core.measures.bootstrap import accuracy_gap_over_seeds, gap_over_seeds

HARM = MARKS["harmed"]
N_DRAWS = 500
MEASURES = {"gap": ("best minus worst group, points", "points", 100.0),
            "disparity": ("largest minus smallest excess loss, nats", "nats", 1.0)}
COHORTS = (("balanced", "balanced copy", NEUTRAL, "dot", "circle-open"), ("tail", "long tail", HARM.colour, HARM.dash, HARM.symbol))


def gap_rows(run: Run, steps: list[Rung], copy: str, measure: str) -> pd.DataFrame:
    """Return setting, value, low, high for each step that was measured in a copy.

    Intervals redraw seeds and images from three seeds on (test images for the gap, training images for the disparity), and images
    alone at one seed. At two seeds there is none.
    """
    table = run.table("settings")
    table = table[table["copy"] == copy]
    found = over(table, "setting", [step.setting for step in steps], measure)
    if len(run.request.seeds) == 1:
        at = table.set_index("setting")
        return found.assign(low=[at.at[slug, f"{measure}_low"] for slug in found["setting"]],
                            high=[at.at[slug, f"{measure}_high"] for slug in found["setting"]])
    if found["low"].notna().all():
        estimate = _gap_over_seeds if measure == "gap" else _disparity_over_seeds
        ends = [estimate(run, copy, slug) for slug in found["setting"]]
        return found.assign(low=[end.low for end in ends], high=[end.high for end in ends])
    return found


def _gap_over_seeds(run: Run, copy: str, setting: str) -> Estimate:
    rows, groups = group_rows(run), run.table("groups")
    rows = rows[(rows["copy"] == copy) & (rows["setting"] == setting)]
    accuracy = rows.pivot(index="seed", columns="group", values="accuracy").to_numpy(float)
    n_test = groups[groups["copy"] == "tail"].groupby("group")["n_test"].first().to_numpy()
    return accuracy_gap_over_seeds(accuracy, n_test, generator(0, "gap figure"), n_draws=N_DRAWS)


def _disparity_over_seeds(run: Run, copy: str, setting: str) -> Estimate:
    observed, draws = [], []
    for result in run.results:
        place = int(np.flatnonzero((result.settings["copy"] == copy) & (result.settings["setting"] == setting))[0])
        observed.append(result.settings["disparity"].iloc[place])
        draws.append(result.disparity_draws[place])
    return gap_over_seeds(np.array(observed), np.stack(draws), generator(0, "disparity figure"), n_draws=N_DRAWS)


def gaps(run: Run, look: Look, *, family: str = "quantise", measure: str = "gap") -> go.Figure | None:
    """Return the widest difference between groups along bits or sparsity, in the long tail and in the balanced copy.

    Args:
        run: A finished run.
        look: Ink and scale.
        family: ``quantise`` or ``prune``.
        measure: One of ``MEASURES``.
    """
    steps, trained = ladder(run, family), trained_step(run, family)
    title, unit, factor = MEASURES[measure]
    figure = canvas(look, x=AXES[family], y=title, height=int(look.height * 1.05))
    top = 0.0
    for order, (copy, name, colour, dash, symbol) in enumerate(COHORTS):
        found = gap_rows(run, [*steps, trained], copy, measure)
        found[["value", "low", "high"]] *= factor
        if found.empty:
            continue
        way, end = found[found["setting"] != trained.setting], found[found["setting"] == trained.setting]
        places = {step.setting: place for place, step in enumerate(steps)}
        x = [places[slug] for slug in way["setting"]]
        band(figure, x, way["low"], way["high"], colour)
        figure.add_scatter(x=x, y=way["value"], mode="lines+markers", name=name,
                           line={"color": colour, "width": look.size(3.0), "dash": dash},
                           marker={"size": look.size(7), "color": colour, "symbol": symbol}, text=_hovers(way, name, unit),
                           hovertemplate="%{text}<extra></extra>")
        figure.add_scatter(x=[len(steps) + 0.15 + 0.3 * order] * len(end), y=end["value"], mode="markers", showlegend=False,
                           error_y={"type": "data", "symmetric": False, "array": (end["high"] - end["value"]).fillna(0),
                                    "arrayminus": (end["value"] - end["low"]).fillna(0), "color": colour,
                                    "thickness": look.size(2), "width": 0},
                           marker={"size": look.size(11), "color": colour, "symbol": symbol},
                           text=_hovers(end, f"{name}, trained", unit), hovertemplate="%{text}<extra></extra>")
        top = max(top, float(np.nanmax(found[["value", "high"]].to_numpy())))
    figure.update_layout(showlegend=True, legend={"traceorder": "reversed"})
    figure.update_xaxes(range=[-0.4, len(steps) + 0.9], tickmode="array", tickvals=[*range(len(steps)), len(steps) + 0.3],
                        ticktext=[*(step.tick for step in steps), trained.tick.replace(", ", "<br>")])
    figure.update_yaxes(range=[0, 1.08 * max(top, 1e-6)])
    figure.add_vline(x=len(steps) - 0.4, line={"color": NEUTRAL, "width": 1})
    return figure


def _hovers(rows: pd.DataFrame, name: str, unit: str) -> list[str]:
    return [f"<b>{name}</b><br>{row.value:.3g} {unit}" + ("" if np.isnan(row.low) else f"<br>95% interval {row.low:.3g} to {row.high:.3g}")
            for row in rows.itertuples()]


def alt_gaps(run: Run, measure: str) -> str:
    """Return what the widest difference is before compression and at the trained bits."""
    _, unit, factor = MEASURES[measure]
    steps = [ladder(run, "quantise")[0], trained_step(run, "quantise")]
    before, after = (factor * value for value in gap_rows(run, steps, "tail", measure)["value"])
    what = "Gap between best and worst group" if measure == "gap" else "Widest difference of excess losses"
    return f"{what}: {before:.3g} {unit} in float, {after:.3g} {unit} after training at few bits.".replace("-", words.MINUS)
