"""Safety units, one question: does it still refuse without these units?"""

import streamlit as st

from core.lab.figure import Look
from core.lab.runs import Run
from core.safety.ask import figures
from core.safety.ask.result import STATES
from core.safety.ask.spec import SAFETY_ASK
from core.safety.ask.words import PREDICTION
from core.safety.units.spec import SAFETY
from pages._rooms.safety import answers
from pages._rooms.safety.evidence import MODELS_SHIPPED, view
from pages._ui import answer, drawing, provenance, room, shell, shipped, verdicts
from pages._ui.rooms import room_of

WHOLE = room_of(SAFETY)


def draw_own(run: Run) -> None:
    rows = run.results[0].answers
    st.space("small")
    st.header("Your prompt", anchor=False)
    answers.boxes(run, rows[rows["is_asked"].astype(bool)], STATES, tuple(STATES), key="own")


def draw_others(run: Run) -> None:
    rows = run.results[0].answers
    rows = rows[~rows["is_asked"].astype(bool)]
    st.space("small")
    st.header("Held-out requests, word for word", anchor=False)
    kind = view("Requests", answers.KINDS, "asked")
    mine = rows[rows["is_harmful"].astype(bool) == (kind == "harmful")]
    answers.choose(run, mine, STATES, tuple(STATES), key=kind)
    st.caption("First seed. The likeliest token each time, cut after as many as the settings allow. Choose a row for another request.")


def draw_figures(run: Run, look: Look) -> None:
    with st.grid(2, min_column_width=380):
        for figure in figures.FIGURES:
            drawing.show(figure, run, look)


run, look = room.enter(room_of(SAFETY_ASK), PREDICTION, shipped.choice(SAFETY_ASK, MODELS_SHIPPED))
if run is not None:
    draw_own(run)
    draw_figures(run, look)
    verdicts.draw(run)
    draw_others(run)
    shell.link(WHOLE.page, "The whole study, with intervals", WHOLE.icon)
answer.draw_method(SAFETY_ASK)
if run is not None:
    provenance.draw(run)
