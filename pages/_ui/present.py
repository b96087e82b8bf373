"""A room in a hall: question, answer, and one thing at a time as large as the screen allows; the arrow keys turn the pages."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.lab.experiment import ROOT, load_object
from core.lab.figure import CONFIG, Figure, Look
from core.lab.runs import Run
from pages._ui import drawing, predict, verdicts
from pages._ui.parts import Parts
from pages._ui.plain import plain

STYLE = ROOT / "assets" / "css" / "present.css"
PLACE, PARAMETER = "present:place", "figure"


@dataclass(frozen=True)
class Leaf:
    """One page of the talk: its name and what draws it."""

    title: str
    draw: Callable[[], None]


def draw(parts: Parts, run: Run, look: Look) -> None:
    """Draw one leaf of a finished run: its figures in order, what the room shows beside them, then the claims."""
    st.html(STYLE)
    leaves = []
    if predict.kept(run.request.run) is not None:
        leaves.append(Leaf("You guessed, here it is", lambda: predict.answer(parts.prediction, run.request.experiment, run)))
    figures = load_object(run.request.experiment.figures)
    leaves += [Leaf(figure.title, lambda figure=figure: _figure(figure, run, look)) for figure in figures
               if drawing.draw(figure, run, look).plot is not None]
    leaves += [Leaf(title, lambda drawn=drawn: drawn(run, look)) for title, drawn in parts.slides]
    leaves.append(Leaf("What was claimed, and what happened here", lambda: verdicts.draw(run)))
    place = min(max(_place(), 1), len(leaves))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"## {plain(leaves[place - 1].title)}", width="stretch")
        st.session_state[PLACE] = place
        st.selectbox("Shown", range(1, len(leaves) + 1), format_func=lambda at: f"{at} · {leaves[at - 1].title}", key=PLACE, width=210,
                     label_visibility="collapsed", on_change=_take)
        st.button("Back", icon=":material/arrow_back:", shortcut="Left", key="present:back", disabled=place == 1, on_click=_turn,
                  args=(place - 1,))
        st.button("On", icon=":material/arrow_forward:", shortcut="Right", key="present:on", disabled=place == len(leaves), on_click=_turn,
                  args=(place + 1,))
        st.button("Leave", icon=":material/close_fullscreen:", shortcut="Escape", type="tertiary", key="present:leave", on_click=leave)
    with st.container(key="stage", height="stretch", gap="xsmall"):
        leaves[place - 1].draw()


def _place() -> int:
    said = st.query_params.get(PARAMETER, "1")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 1


def _figure(figure: Figure, run: Run, look: Look) -> None:
    drawn = drawing.draw(figure, run, look)
    st.plotly_chart(drawn.plot, key=f"present:{figure.id}", theme=None, config=CONFIG, alt=drawn.alt, height="stretch")
    st.caption(drawn.caption)


def _turn(place: int) -> None:
    st.query_params[PARAMETER] = str(place)


def _take() -> None:
    _turn(st.session_state[PLACE])


def leave() -> None:
    """Leave the projector's view; a callback."""
    st.session_state["present"] = False
    st.query_params.pop(PARAMETER, None)
