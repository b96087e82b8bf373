"""Calibration under shift: is it still as sure as it is right when data drifts?"""

import streamlit as st

from core.calibration.outputs.spec import CALIBRATION_OUTPUTS
from core.calibration.study import figures
from core.calibration.study.spec import CALIBRATION
from core.calibration.study.words import PREDICTION
from core.lab.figure import Look
from core.lab.runs import Run
from pages._rooms.calibration import evidence, playground
from pages._ui import answer, drawing, provenance, room, shell, shipped, verdicts
from pages._ui.rooms import room_of

SHIPPED = {"lite": "Corruptions", **{one.name: one.title for one in CALIBRATION.shipped}}
ALONE = room_of(CALIBRATION_OUTPUTS)


def draw_figures(run: Run, look: Look) -> None:
    with st.grid(2, min_column_width=380):
        drawing.show(figures.RELIABILITY, run, look)
        drawing.show(figures.LEVELS, run, look, controls=lambda: evidence.choose_methods(run))
        drawing.show(figures.REPAIRS, run, look)
        drawing.show(figures.COURSE, run, look)
    evidence.draw_moment(run)


def draw_evidence(run: Run, look: Look) -> None:
    st.space("small")
    st.header("Look closer", anchor=False)
    with st.grid(2, min_column_width=380):
        for figure in (figures.RISK, figures.COVERAGE, figures.CLASSES, figures.GROUPS, figures.NORMS, figures.COSTS):
            if figure is not figures.GROUPS or not run.table("groups").empty:
                drawing.show(figure, run, look)
        evidence.draw_costs(run)
        evidence.draw_again(run)
        evidence.draw_published(run)


run, look = room.enter(room_of(CALIBRATION), PREDICTION, shipped.choice(CALIBRATION, SHIPPED))
if run is not None:
    draw_figures(run, look)
    playground.draw(run, look)
    verdicts.draw(run)
    draw_evidence(run, look)
    evidence.draw_mistakes(run)
    shell.link(ALONE.page, "Judge outputs of your own, without a model", ALONE.icon)
    answer.draw_method(CALIBRATION)
    provenance.draw(run)
else:
    answer.draw_method(CALIBRATION)
