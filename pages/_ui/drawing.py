"""A figure on a page: heading, view control, plotly figure, caption, alternative text. Drawn once for each run, look and view."""

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.lab.figure import CONFIG, Figure, Look
from core.lab.runs import Run
from pages._ui.plain import plain

Options = dict[str, str]


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawn(run: str, figure: str, ink: str, scale: float, options: tuple[tuple[str, str], ...], *, _figure: Figure,
           _run: Run) -> tuple[go.Figure | None, str]:
    """Return the figure and its description; the arguments before the star name them, a run's content being fixed by its id."""
    drawn = _figure.draw(_run, Look(ink, scale), **dict(options))
    return drawn, _figure.alt(_run) if drawn is not None else ""


def draw(figure: Figure, run: Run, look: Look, options: Options | None = None) -> tuple[go.Figure | None, str]:
    """Return a plotly figure with its description, from an earlier drawing where there is one."""
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
        drawn, alt = draw(figure, run, look, options)
        if drawn is None:
            st.caption("This run holds nothing to draw here.")
            return []
        chosen = st.plotly_chart(drawn, key=f"figure:{figure.id}", theme=None, config=CONFIG, alt=alt,
                                 on_select="rerun" if selectable else "ignore", selection_mode="points")
        if figure.caption:
            st.caption(figure.caption)
    return [point["customdata"] for point in chosen.selection.points if "customdata" in point] if selectable else []
