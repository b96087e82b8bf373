"""Safety units, one question: does it still refuse without these units?"""

import streamlit as st

from core.lab.figure import Look
from core.lab.runs import Run
from core.safety.ask import figures
from core.safety.ask.result import STATES
from core.safety.ask.spec import SAFETY_ASK
from core.safety.ask.words import PREDICTION, whose
from core.safety.units.spec import SAFETY
from pages._rooms.safety import answers
from pages._rooms.safety.evidence import MODELS_SHIPPED
from pages._ui import drawing, shell, shipped
from pages._ui.controls import view
from pages._ui.parts import Parts
from pages._ui.rooms import room_of

WHOLE = room_of(SAFETY)


def draw_own(run: Run) -> None:
    rows = run.results[0].answers
    st.space("small")
    st.header(whose(run), anchor=False)
    answers.boxes(run, rows[rows["is_asked"].astype(bool)], STATES, tuple(STATES), key="own")


def draw_others(run: Run, _look: Look, _: None) -> None:
    rows = run.results[0].answers
    rows = rows[~rows["is_asked"].astype(bool)]
    st.subheader("Held-out requests, word for word", anchor=False)
    kind = view("Requests", answers.KINDS, "asked")
    mine = rows[rows["is_harmful"].astype(bool) == (kind == "harmful")]
    answers.choose(run, mine, STATES, tuple(STATES), key=kind)
    st.caption("First seed. The likeliest token each time, cut after as many as the settings allow. Choose a row for another request.")
    shell.link_room(WHOLE, "The whole study, with intervals")


def draw_figures(run: Run, look: Look) -> None:
    draw_own(run)
    with st.grid(2, min_column_width=380):
        for figure in figures.FIGURES:
            drawing.show(figure, run, look)


PARTS = Parts(prediction=PREDICTION, choice=shipped.choice(SAFETY_ASK, MODELS_SHIPPED), figures=draw_figures, evidence=draw_others)
