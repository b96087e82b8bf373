"""The vocabulary of figures: what a figure is, how large it is drawn, and the layout that all plotly figures share.

Figure functions are pure: a finished run and a look go in, a plotly figure comes out. Pages take the look from the theme and the
projector switch; exports take ``LIGHT``. Titles stand outside the figure, as headings that screen readers find.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from core.lab.palette import INK_DARK, INK_LIGHT, NEUTRAL, faint
from core.lab.words import shortened

HEIGHT = 400
PRESENT_HEIGHT = 430
FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", sans-serif'
CONFIG: dict[str, Any] = {
    "displaylogo": False, "modeBarButtonsToRemove": ["zoomIn2d", "zoomOut2d", "autoScale2d", "select2d", "lasso2d"],
    "toImageButtonOptions": {"format": "svg", "width": 900, "height": 600}}


@dataclass(frozen=True)
class Look:
    """How figures are drawn, apart from what they show.

    Attributes:
        ink: Colour of text and of whatever is plain, intact or untouched.
        scale: Factor on text and lines; 1.4 for projectors.
    """

    ink: str
    scale: float = 1.0

    def size(self, points: float) -> float:
        """Return a text size or line width at this scale."""
        return round(points * self.scale, 1)

    @property
    def height(self) -> int:
        """Height of a figure in pixels."""
        return PRESENT_HEIGHT if self.scale > 1 else HEIGHT


LIGHT, DARK = Look(INK_LIGHT), Look(INK_DARK)


@dataclass(frozen=True)
class Figure:
    """One figure of a result.

    Attributes:
        id: Slug, unique within the experiment.
        title: What is seen, as a heading.
        caption: How to read it, one or two short sentences.
        draw: Takes (run, look), and view options by name where a page offers them; returns a plotly figure, or None where the
            run holds nothing to draw.
        alt: Takes a run; returns the finding, then unusual axes, in one sentence; what is longer than 159 characters is cut after a clause.
    """

    id: str
    title: str
    caption: str
    draw: Callable[..., go.Figure | None]
    alt: Callable[[Any], str]

    def __post_init__(self) -> None:
        """Keep every description short enough to be listened to."""
        said = self.alt
        object.__setattr__(self, "alt", lambda run: shortened(said(run)))


def canvas(look: Look, *, x: str, y: str, height: int | None = None) -> go.Figure:
    """Return an empty figure with axis titles, in which the colour of every text is set."""
    def axis(title: str) -> dict[str, Any]:
        return {
            "showgrid": True, "gridcolor": faint(NEUTRAL, 0.2), "zeroline": False, "showline": False, "ticks": "", "nticks": 6,
            "ticklabelstandoff": 6, "tickangle": 0, "tickfont": {"size": look.size(15), "color": look.ink}, "automargin": True,
            "title": {"text": title, "font": {"size": look.size(16), "color": look.ink}, "standoff": 8}}
    text = {"size": look.size(15), "color": look.ink, "family": FONT}
    return go.Figure(layout={
        "height": height or look.height, "margin": {"l": 8, "r": 28, "t": 32, "b": 8}, "showlegend": False, "hovermode": "closest",
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "font": text, "dragmode": "zoom",
        "legend": {"font": text, "orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "modebar": {"orientation": "v", "bgcolor": "rgba(0,0,0,0)"},  # down the right margin: on touch it is always there, above a legend
        "hoverlabel": {"font": {"size": 14, "family": FONT}, "align": "left"}, "xaxis": axis(x), "yaxis": axis(y),
        "template": {}})


def words_of(figure: go.Figure) -> list[str]:
    """Return the words that a figure shows: titles of axes, names of series and of categories, labels."""
    layout = figure.to_plotly_json()["layout"]
    axes = [axis for name, axis in layout.items() if name.startswith(("xaxis", "yaxis"))]
    said = [axis.get("title", {}).get("text") for axis in axes] + [note.get("text") for note in layout.get("annotations", ())]
    said += [tick for axis in axes for tick in (axis.get("ticktext") if axis.get("ticktext") is not None else ())]
    for trace in figure.data:
        said.append(trace.name)
        for places in (trace.x, trace.y) if trace.type in ("bar", "scatter", "box", "heatmap") else ():
            said += [place for place in (places if places is not None else ())[:60] if isinstance(place, str)]
    return [text for text in said if isinstance(text, str)]


def label(figure: go.Figure, look: Look, text: str, *, x: float, y: float, shift: tuple[float, float], bold: bool = True) -> None:
    """Name a series directly, with a leader line from (x, y) to text ``shift`` pixels away; on log axes x and y are log10."""
    figure.add_annotation(
        x=x, y=y, ax=shift[0] * look.scale, ay=shift[1] * look.scale, text=f"<b>{text}</b>" if bold else text, showarrow=True,
        arrowhead=0, arrowwidth=1.5, arrowcolor=NEUTRAL, standoff=2, font={"size": look.size(16 if bold else 15), "color": look.ink},
        xanchor="left" if shift[0] > 0 else "right", borderpad=2)


def name(figure: go.Figure, look: Look, text: str, *, x: float, y: float, anchor: str = "left", bold: bool = True) -> None:
    """Write a series' name at a place in the plane, without a leader line; on log axes x and y are log10."""
    figure.add_annotation(x=x, y=y, text=f"<b>{text}</b>" if bold else text, showarrow=False, xanchor=anchor,
                          font={"size": look.size(16 if bold else 14), "color": look.ink})


def band(figure: go.Figure, x: Any, low: Any, high: Any, colour: str) -> None:
    """Fill between two curves: the interval of the line drawn next."""
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    figure.add_scatter(x=x, y=high, **edge)
    figure.add_scatter(x=x, y=low, fill="tonexty", fillcolor=faint(colour), **edge)
