"""A figure on a page: heading, view control, plotly figure, caption, alternative text."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.lab.figure import CONFIG, Figure, Look
from core.lab.runs import Run
from pages._ui.plain import plain


def show(figure: Figure, run: Run, look: Look, *, controls: Callable[[], dict[str, Any]] | None = None) -> None:
    """Draw a figure in its own bordered card; a figure with nothing to draw says so.

    Args:
        figure: What is drawn.
        run: The finished run that it reads.
        look: Ink and scale.
        controls: Draws the view controls on top of the figure and returns the options that ``figure.draw`` takes.
    """
    with st.container(border=True, height="stretch", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"##### {plain(figure.title)}", width="stretch")
            options = controls() if controls else {}
        drawn = figure.draw(run, look, **options)
        if drawn is None:
            st.caption("This run holds nothing to draw here.")
            return
        st.plotly_chart(drawn, key=f"figure:{figure.id}", theme=None, config=CONFIG, alt=figure.alt(run))
        st.caption(figure.caption)


def show_one(figures: tuple[Figure, ...], run: Run, look: Look) -> None:
    """Draw one figure, picked by its number: what a projector shows."""
    drawable = [figure for figure in figures if figure.draw(run, look) is not None]
    if not drawable:
        st.caption("This run holds nothing to draw.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading = st.empty()
        numbers = list(range(1, len(drawable) + 1))
        picked = st.segmented_control("Figure", numbers, default=1, required=True, key="figure", bind="query-params",
                                      label_visibility="collapsed")
    figure = drawable[(picked or 1) - 1]
    heading.markdown(f"##### {plain(figure.title)}", width="stretch")
    st.plotly_chart(figure.draw(run, look), key=f"present:{figure.id}", theme=None, config=CONFIG, alt=figure.alt(run))
    st.caption(figure.caption)
