"""A figure on a page: heading, view control, plotly figure, caption, alternative text. Drawn once for each run, look and view."""

from collections.abc import Callable
from typing import Any, NamedTuple

import plotly.graph_objects as go
import streamlit as st

from core.lab.figure import CONFIG, Figure, Look, words_of
from core.lab.glossary import spelled_out
from core.lab.runs import Run
from pages._ui.plain import plain

Options = dict[str, str]


class Drawn(NamedTuple):
    """A figure as it was drawn, None where its run holds nothing to draw; what describes it, and what says how to read it."""

    plot: go.Figure | None
    alt: str = ""
    caption: str = ""


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawn(run: str, figure: str, ink: str, scale: float, options: tuple[tuple[str, str], ...], *, _figure: Figure,
           _run: Run) -> Drawn:
    """Return the figure; the arguments before the star name it, a run's content being fixed by its id."""
    plot = _figure.draw(_run, Look(ink, scale), **dict(options))
    if plot is None:
        return Drawn(None)
    return Drawn(plot, _figure.alt(_run), f"{_figure.caption} {spelled_out(_figure.title, _figure.caption, *words_of(plot))}".strip())


def draw(figure: Figure, run: Run, look: Look, options: Options | None = None) -> Drawn:
    """Return a figure with its description and caption, from an earlier drawing where there is one."""
    name = f"{run.root}/{run.request.run}"
    return _drawn(name, figure.id, look.ink, look.scale, tuple(sorted((options or {}).items())), _figure=figure, _run=run)


def show(figure: Figure, run: Run, look: Look, *, controls: Callable[[], Options] | None = None, selectable: bool = False) -> list[Any]:
    """Draw a figure in its own bordered card; a figure with nothing to draw says so.

    Args:
        figure: What is drawn.
        run: The finished run that it reads.
        look: Ink and scale.
        controls: Draws the view controls beside the heading and returns the options that ``figure.draw`` takes.
        selectable: Whether a click on a marker chooses it.

    Returns:
        What the chosen markers carry as ``customdata``; empty where nothing is chosen.
    """
    with st.container(border=True, height="stretch", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"### {plain(figure.title)}", width="stretch")
            options = controls() if controls else None
        drawn = draw(figure, run, look, options)
        if drawn.plot is None:
            st.caption("This run holds nothing to draw here.")
            return []
        chosen = st.plotly_chart(drawn.plot, key=f"figure:{figure.id}", theme=None, config=CONFIG, alt=drawn.alt,
                                 on_select="rerun" if selectable else "ignore", selection_mode="points")
        if drawn.caption:
            st.caption(drawn.caption)
    return [point["customdata"] for point in chosen.selection.points if "customdata" in point] if selectable else []
