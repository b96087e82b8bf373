"""The figures of the calculator, as a literal table in the order of the page."""

import math

import numpy as np
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.panels import legend_above, over, rows_named, said, whiskers
from core.lab.runs import Run
from core.retraining import cost_axis
from core.retraining.calculator.guide import COUNTED
from core.retraining.shifts.columns import BY_NAME

VIEWS = {name: BY_NAME[name].title for name in COUNTED}


def guide(run: Run, look: Look, *, index: str = "") -> go.Figure | None:
    """Return the stored retrainings, index against images to target, and where this shift falls, first seed."""
    result = run.results[0]
    index = index or ("resque_features" if run.request.config.is_features else "resque")
    stored, row = result.stored, result.indices.set_index("index").loc[index]
    if stored.empty or math.isnan(row["value"]):
        return None
    cap = max(float(stored["images"].max()), float(row["high"]))
    figure = canvas(look, x=BY_NAME[index].title, y="images to target")
    never = stored["images"].isna()
    figure.add_scatter(
        x=stored[index], y=cost_axis.places(stored["images"], cap), mode="markers", name="stored retrainings",
        marker={"size": look.size(8), "color": faint(NEUTRAL, 0.75), "symbol": ["x" if one else "circle" for one in never]},
        text=[f"<b>{one.shift}</b>, seed {one.seed}<br>" + ("never reached" if math.isnan(one.images) else f"{one.images:,.0f} images")
              for one in stored.itertuples()], hovertemplate="%{text}<extra></extra>")
    mark = MARKS["member"]
    low, middle, high = (max(cost_axis.LEAST, float(row[name])) for name in ("low", "images", "high"))
    figure.add_scatter(x=[row["value"]], y=[middle], mode="markers", name="this shift, predicted",
                       error_y={"type": "data", "symmetric": False, "array": [high - middle], "arrayminus": [middle - low],
                                "color": mark.colour, "thickness": look.size(4), "width": 0},
                       marker={"size": look.size(15), "color": mark.colour, "symbol": "diamond"},
                       hovertemplate=f"<b>predicted</b><br>{band_words(row)}<extra></extra>")
    cost_axis.draw(figure, cap)
    figure.update_xaxes(nticks=5)
    legend_above(figure, titles=False)
    return figure


def band_words(row) -> str:
    """Return a predicted cost with its band in words."""
    return f"{row['images']:,.0f} images, band {row['low']:,.0f} to {row['high']:,.0f}"


def angles(run: Run, look: Look) -> go.Figure:
    """Return the angle of every class, widest on top, with intervals over seeds."""
    means = over(run.table("angles"), ["name"], "angle", (0.0, 1.0)).sort_values("value", ascending=False).head(20)
    figure = canvas(look, x="angle, share of half a turn", y="")
    names = [str(name)[:24] for name in means["name"]]
    figure.add_scatter(x=means["value"], y=names, mode="markers", error_x=whiskers(means, look),
                       marker={"size": look.size(12), "color": MARKS["member"].colour},
                       text=[f"<b>{name}</b><br>{said(row, '')}" for name, row in zip(names, means.itertuples(), strict=True)],
                       hovertemplate="%{text}<extra></extra>")
    figure.add_vline(x=float(np.mean([result.resque for result in run.results])), line={
        "color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    rows_named(figure, names)
    figure.update_xaxes(range=[0.0, max(0.05, 1.1 * float(means["high"].max()))])
    figure.update_yaxes(tickfont={"size": look.size(14)})
    return figure


def place(run: Run, look: Look) -> go.Figure | None:
    """Return what share of stored cases every index places below this shift, means over seeds."""
    table = run.table("indices").dropna(subset=["place"])
    if table.empty:
        return None
    means = over(table, ["index"], "place", (0.0, 1.0)).sort_values("value", ascending=False)
    figure = canvas(look, x="stored shifts that it calls milder", y="", height=int(look.height * 1.2))
    titles = [BY_NAME[name].title + ("" if BY_NAME[name].needs_labels else " *") for name in means["index"]]
    for is_free, name, mark in ((False, "index of a paper", "member"), (True, "free rival", "non-member")):
        chosen = np.array([BY_NAME[one].is_free == is_free for one in means["index"]])
        part = means[chosen]
        figure.add_scatter(x=part["value"], y=[one for one, keep in zip(titles, chosen, strict=True) if keep], mode="markers", name=name,
                           error_x=whiskers(part, look, MARKS[mark].colour),
                           marker={"size": look.size(12), "color": MARKS[mark].colour, "symbol": MARKS[mark].symbol},
                           hovertemplate="<b>%{y}</b><br>milder: %{x:.0%} of stored shifts<extra></extra>")
    rows_named(figure, titles)
    figure.update_xaxes(range=[-0.03, 1.03], tickformat=".0%")
    figure.update_yaxes(tickfont={"size": look.size(13)})
    legend_above(figure, titles=False)
    return figure


def alt_guide(run: Run) -> str:
    """Return the predicted cost."""
    return (f"RESQUE {words.number(run.estimate('resque').value)}; predicted "
            + ("nothing: no stored curves." if math.isnan(run.estimate("images").value) else
               f"{run.estimate('images').value:,.0f} images among {len(run.results[0].stored)} stored retrainings; log axis."))


def alt_angles(run: Run) -> str:
    """Return the widest class."""
    means = over(run.table("angles"), ["name"], "angle").sort_values("value")
    return f"{len(means)} classes; {str(means['name'].iloc[-1])[:40]} turns furthest, {str(means['name'].iloc[0])[:40]} least."


def alt_place(run: Run) -> str:
    """Return what RESQUE says."""
    table = run.table("indices")
    share = table.loc[table["index"] == "resque", "place"].mean()
    return "No stored cases to compare with." if math.isnan(share) else f"RESQUE calls {share:.0%} of stored shifts milder than this one."


GUIDE = Figure(
    id="guide", title="What stored retrainings say", draw=guide, alt=alt_guide,
    caption="First seed. Diamond: the median of the nine nearest stored cases, with their band of 80%. Crosses never got there.")
ANGLES = Figure(
    id="angles", title="Which classes turned", draw=angles, alt=alt_angles,
    caption="RESQUE is the mean of these angles, dotted. At most the twenty widest; bars: 95% over seeds.")
PLACE = Figure(
    id="place", title="How severe does each index call it?", draw=place, alt=alt_place,
    caption="Where the indices disagree, so will their predictions. A star marks what needs no labels of the new data.")

FIGURES: tuple[Figure, ...] = (GUIDE, ANGLES, PLACE)
