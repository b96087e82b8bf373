"""Backdoors, one cut: does the trigger still work after this cut?"""

import streamlit as st

from core.backdoor.ask import figures
from core.backdoor.ask.spec import BACKDOOR_ASK
from core.backdoor.ask.words import PREDICTION, whose
from core.backdoor.study.spec import BACKDOOR
from core.lab.figure import Look
from core.lab.runs import Run
from pages._rooms.backdoor import boxes
from pages._rooms.backdoor.study import MODELS_SHIPPED
from pages._ui import drawing, shell, shipped
from pages._ui.parts import Parts
from pages._ui.rooms import room_of


def draw_figures(run: Run, look: Look) -> None:
    """Draw the answers to the visitor's prompt, then what became of held-out ones."""
    st.space("small")
    st.header(whose(run), anchor=False)
    boxes.draw(run.results[0].answers)
    drawing.show(figures.FIGURES[0], run, look)


def draw_evidence(_run: Run, _look: Look, _: None) -> None:
    """Lead back to the whole study."""
    shell.link_room(room_of(BACKDOOR), "The whole study, with intervals")


PARTS = Parts(prediction=PREDICTION, choice=shipped.choice(BACKDOOR_ASK, MODELS_SHIPPED), figures=draw_figures, evidence=draw_evidence)
