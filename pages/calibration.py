"""Calibration under shift: is it still as sure as it is right when data drifts?"""

import streamlit as st

from core.calibration.study import figures
from core.calibration.study.spec import CALIBRATION
from core.calibration.study.words import PREDICTION
from core.lab.figure import Look
from core.lab.runs import Run
from pages._rooms.calibration import evidence, playground
from pages._ui import answer, drawing, provenance, room, verdicts
from pages._ui.rooms import room_of


def draw_figures(run: Run, look: Look) -> None:
    with st.grid(2, min_column_width=380):
        for figure in (figures.RELIABILITY, figures.LEVELS, figures.REPAIRS, figures.COURSE):
            drawing.show(figure, run, look)


def draw_evidence(run: Run, look: Look) -> None:
    st.space("small")
    st.header("Look closer", anchor=False)
    with st.grid(2, min_column_width=380):
        for figure in (figures.RISK, figures.COVERAGE, figures.CLASSES, figures.NORMS, figures.COSTS):
            drawing.show(figure, run, look)
        evidence.draw_again(run)
        evidence.draw_published()


run, look = room.enter(room_of(CALIBRATION), PREDICTION)
if run is not None:
    draw_figures(run, look)
    playground.draw(run, look)
    verdicts.draw(run)
    draw_evidence(run, look)
    evidence.draw_mistakes(run)
    answer.draw_method(CALIBRATION)
    provenance.draw(run)
else:
    answer.draw_method(CALIBRATION)
