"""Calibration under shift: is it still as sure as it is right when data drifts?"""

import streamlit as st

from core.calibration.outputs.spec import CALIBRATION_OUTPUTS
from core.calibration.study import figures
from core.calibration.study.spec import CALIBRATION
from core.calibration.study.words import PREDICTION
from core.lab.figure import Look
from core.lab.runs import Run
from pages._rooms.calibration import evidence, playground
from pages._ui import drawing, shell, shipped
from pages._ui.parts import Parts
from pages._ui.rooms import room_of

SHIPPED = {"lite": "Corruptions", **{one.name: one.title for one in CALIBRATION.shipped}}
ALONE = room_of(CALIBRATION_OUTPUTS)


def draw_figures(run: Run, look: Look) -> None:
    with st.grid(2, min_column_width=380):
        drawing.show(figures.RELIABILITY, run, look)
        drawing.show(figures.LEVELS, run, look, controls=lambda: evidence.choose_methods(run))
        drawing.show(figures.REPAIRS, run, look, controls=evidence.choose_measure)
        drawing.show(figures.COURSE, run, look)
    evidence.draw_moment(run)
    playground.draw(run, look)


def draw_evidence(run: Run, look: Look, _: None) -> None:
    with st.grid(2, min_column_width=380):
        for figure in (figures.RISK, figures.COVERAGE, figures.CLASSES, figures.GROUPS, figures.NORMS, figures.COSTS):
            if figure is not figures.GROUPS or not run.table("groups").empty:
                drawing.show(figure, run, look)
        evidence.draw_costs(run)
        evidence.draw_again(run)
        evidence.draw_published(run)
    evidence.draw_mistakes(run)
    shell.link_room(ALONE, "Judge outputs of your own, without a model")


PARTS = Parts(prediction=PREDICTION, choice=shipped.choice(CALIBRATION, SHIPPED), figures=draw_figures, evidence=draw_evidence)
