"""The figures of one setting: every group before and after, head and tail in both copies, and the links in between."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.compression.frames import edge_means, group_rows, over
from core.compression.points import FLOAT
from core.lab import words
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.runs import Run

HARM, THIS = MARKS["harmed"], "this"
COHORTS = {"tail": "Long tail", "balanced": "Balanced copy"}
SHARES = {"logit_variance": "logit variance", "margin": "margin", "accuracy": "accuracy"}


def before_and_after(run: Run, look: Look, *, copy: str = "tail") -> go.Figure | None:
    """Return accuracy of every group before and after, largest group on top; in the balanced copy groups keep their places.

    Args:
        run: A finished run.
        look: Ink and scale.
        copy: ``tail`` or ``balanced``.
    """
    rows = group_rows(run)
    rows = rows[rows["copy"] == copy]
    ranks = sorted(rows["rank"].unique())
    sizes, labels = rows.groupby("rank")["n_train"].mean(), rows[rows["seed"] == rows["seed"].min()].groupby("rank")["name"].first()
    one_seed = len(run.request.seeds) == 1
    figure = canvas(look, x="test accuracy", y="", height=int(look.height * 1.2))
    found = {setting: over(rows[rows["setting"] == setting], "rank", ranks, "accuracy") for setting in (FLOAT, THIS)}
    for first, second in zip(found[FLOAT].itertuples(), found[THIS].itertuples(), strict=True):
        figure.add_scatter(x=[first.value, second.value], y=[-first.rank, -first.rank], mode="lines", hoverinfo="skip", showlegend=False,
                           line={"color": NEUTRAL, "width": look.size(2)})
    for setting, name, colour, symbol in ((FLOAT, "float", look.ink, "circle"), (THIS, "small network", HARM.colour, HARM.symbol)):
        figure.add_scatter(
            x=found[setting]["value"], y=-found[setting]["rank"], mode="markers", name=name,
            marker={"size": look.size(11), "color": colour, "symbol": symbol},
            text=[f"<b>{name}</b><br>{100 * row.value:.1f}% right<br>{sizes[row.rank]:.0f} training images"
                  for row in found[setting].itertuples()], hovertemplate="%{text}<extra></extra>")
    ticks = [f"{labels[rank]}, {sizes[rank]:.0f}" if one_seed else f"{sizes[rank]:.0f} images" for rank in ranks]
    figure.update_yaxes(tickmode="array", tickvals=[-rank for rank in ranks], ticktext=ticks, range=[-max(ranks) - 0.7, 0.7],
                        tickfont={"size": look.size(13)})
    low = min(float(part["value"].min()) for part in found.values())
    figure.update_xaxes(range=[max(-0.02, low - 0.08), 1.02], tickformat=".0%")
    figure.update_layout(showlegend=True)
    return figure


def ends(run: Run, look: Look) -> go.Figure | None:
    """Return what head and tail lose in both copies, with intervals over seeds where there are three."""
    means = edge_means(group_rows(run), "drop")
    means = means[means["setting"] == THIS].assign(value=lambda rows: 100.0 * rows["value"])
    figure = canvas(look, x="accuracy lost, points", y="", height=int(look.height * 1.2))
    for edge, name, colour, symbol, away in (("head", "largest groups", look.ink, "circle", 0.12),
                                             ("tail", "smallest groups", HARM.colour, HARM.symbol, -0.12)):
        found = over(means[means["edge"] == edge], "copy", list(COHORTS))
        figure.add_scatter(
            x=found["value"], y=[1 - list(COHORTS).index(copy) + away for copy in found["copy"]], mode="markers", name=name,
            marker={"size": look.size(13), "color": colour, "symbol": symbol},
            error_x={"type": "data", "symmetric": False, "array": (found["high"] - found["value"]).fillna(0),
                     "arrayminus": (found["value"] - found["low"]).fillna(0), "color": faint(colour, 0.7), "thickness": look.size(3),
                     "width": 0},
            text=[f"<b>{name}</b>, {COHORTS[row.copy].lower()}<br>lose {row.value:+.1f} points".replace("-", words.MINUS)
                  for row in found.itertuples()], hovertemplate="%{text}<extra></extra>")
    figure.add_vline(x=0, line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    figure.update_yaxes(tickmode="array", tickvals=[1, 0], ticktext=[name.replace(" ", "<br>") for name in COHORTS.values()],
                        range=[-0.6, 1.6])
    low, high = float(means["value"].min()), float(means["value"].max())
    figure.update_xaxes(range=[min(-1.0, low - 1.0), max(2.0, high * 1.15)])
    figure.update_layout(showlegend=True)
    return figure


def links(run: Run, look: Look) -> go.Figure | None:
    """Return what is left of logit variance, margin and accuracy, as a share of float: largest and smallest groups."""
    rows = group_rows(run)
    rows = rows[rows["copy"] == "tail"]
    parts = []
    for column in SHARES:
        wide = edge_means(rows, column).pivot(index=["seed", "edge"], columns="setting", values="value")
        parts.append(pd.DataFrame({"value": wide[THIS] / wide[FLOAT], "link": column}).reset_index())
    shares = pd.concat(parts, ignore_index=True)
    figure = canvas(look, x="", y="left of the float network's", height=int(look.height * 0.8))
    for edge, name, colour, pattern in (("head", "largest groups", look.ink, ""), ("tail", "smallest groups", HARM.colour, "/")):
        found = over(shares[shares["edge"] == edge], "link", list(SHARES))
        figure.add_bar(
            x=[SHARES[link].replace(" ", "<br>") for link in found["link"]], y=found["value"], name=name,
            marker={"color": colour, "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": "rgba(255,255,255,0.6)"}},
            error_y={"type": "data", "symmetric": False, "array": (found["high"] - found["value"]).fillna(0),
                     "arrayminus": (found["value"] - found["low"]).fillna(0), "color": NEUTRAL, "thickness": look.size(2), "width": 0},
            text=[f"<b>{name}</b><br>{100 * value:.0f}% of float" for value in found["value"]], textposition="none",
            hovertemplate="%{text}<extra></extra>")
    figure.add_hline(y=1, line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    figure.update_xaxes(showgrid=False, title={"text": "link of the chain"})
    top = float(np.nanmax([1.0, shares["value"].max()]))
    figure.update_yaxes(range=[min(0.0, float(shares["value"].min()) * 1.1), top * 1.15], tickformat=".0%")
    figure.update_layout(showlegend=True, barmode="group")
    return figure


def alt_groups(run: Run) -> str:
    """Return what small and large groups lose."""
    tail, head = run.estimate("tail_drop"), run.estimate("head_drop")
    return f"Small groups lose {words.number(tail.value, 'pt')}, large groups {words.number(head.value, 'pt')} of test accuracy."


def alt_ends(run: Run) -> str:
    """Return the contrast beside the balanced copy's."""
    return (f"Tail minus head is {words.number(run.estimate('did').value + run.estimate('placebo').value, 'pt')} in the long tail and "
            f"{words.number(run.estimate('placebo').value, 'pt')} in the balanced copy.")


def alt_links(run: Run) -> str:
    """Return what the chain's bars show."""
    return (f"Shares of the float network's logit variance, margin and accuracy; accuracy goes from "
            f"{words.number(run.estimate('float_accuracy').value, '%')} to {words.number(run.estimate('accuracy').value, '%')}.")


GROUPS = Figure(
    id="before-and-after", title="Every group, before and after", draw=before_and_after, alt=alt_groups,
    caption="Largest group on top, with its number of training images.")
ENDS = Figure(
    id="ends", title="The same classes in the balanced copy", draw=ends, alt=alt_ends,
    caption="What the balanced copy shows too owes nothing to size.")
LINKS = Figure(
    id="links", title="What is left of the float network", draw=links, alt=alt_links,
    caption="Training images for variance and margin, test images for accuracy. Dotted: nothing is lost.")

FIGURES: tuple[Figure, ...] = (GROUPS, ENDS, LINKS)
