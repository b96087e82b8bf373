"""What figures of the audit and of the defences share: two shapes on one axis, short titles of attacks."""

import numpy as np
import plotly.graph_objects as go

from core.lab.figure import Look, canvas
from core.lab.palette import MARKS, faint


def distributions(look: Look, left: np.ndarray, right: np.ndarray, members: np.ndarray, others: np.ndarray, *, axis: str) -> go.Figure:
    """Return two step histograms with light fill, the member one solid and the other dashed."""
    figure = canvas(look, x=axis, y="share of images")
    edges = np.append(left, right[-1])
    top = max(0.01, float(max(members.max(), others.max())))
    for meaning, words_, shares in (("non-member", "non-members", others), ("member", "members", members)):
        mark = MARKS[meaning]
        figure.add_scatter(
            x=edges, y=np.append(shares, shares[-1]), mode="lines", fill="tozeroy", fillcolor=faint(mark.colour, 0.2),
            line={"color": mark.colour, "width": look.size(3), "dash": mark.dash, "shape": "hv"}, name=words_,
            hovertemplate=f"<b>{words_}</b><br>%{{y:.1%}} of them<br>score from %{{x:.3g}}<extra></extra>")
    figure.update_yaxes(range=[0, top * 1.3], tickformat=".0%" if top > 0.04 else ".1%")
    figure.update_xaxes(range=[float(edges[0]), float(edges[-1])])
    _name_distributions(figure, look, (left + right) / 2, members, others, top)
    return figure


def _name_distributions(figure: go.Figure, look: Look, middle: np.ndarray, members: np.ndarray, others: np.ndarray, top: float) -> None:
    """Name both shapes on top of their peaks, or in opposite corners when the peaks are close."""
    span = middle[-1] - middle[0]
    at = {"members": float(middle[members.argmax()]), "non-members": float(middle[others.argmax()])}
    ordered = sorted(at, key=at.__getitem__)
    if abs(at["members"] - at["non-members"]) < 0.35 * span:
        means = {"members": float((middle * members).sum()), "non-members": float((middle * others).sum())}
        ordered = sorted(means, key=means.__getitem__)
        peaks = {"members": float(members.max()), "non-members": float(others.max())}
        for words_, anchor, x, shift in ((ordered[0], "right", at[ordered[0]], -12), (ordered[1], "left", at[ordered[1]], 12)):
            inside = min(max(x, middle[0] + 0.3 * span), middle[-1] - 0.3 * span)
            figure.add_annotation(x=inside, y=min(peaks[words_] * 1.06, top * 1.06), text=f"<b>{words_}</b>", showarrow=False,
                                  xanchor=anchor, yanchor="bottom", xshift=shift, font={"size": look.size(16), "color": look.ink})
        return
    for words_, shares in (("members", members), ("non-members", others)):
        place = (at[words_] - middle[0]) / span
        figure.add_annotation(x=at[words_], y=float(shares.max()) * 1.03, text=f"<b>{words_}</b>", showarrow=False, yanchor="bottom",
                              xanchor="left" if place < 0.2 else "right" if place > 0.8 else "center",
                              font={"size": look.size(16), "color": look.ink})


SHORTER = ((" as in its public code", ""), (", threshold per class", " per class"), ("Probability ratio", "Ratio"), (" network", ""),
           (", shifts and noise", ""))


def short(title: str) -> str:
    """Return an attack's title for an axis, where it must stand on one line also on a telephone."""
    for long, brief in SHORTER:
        title = title.replace(long, brief)
    return title if len(title) <= 26 else title[:25] + "…"
