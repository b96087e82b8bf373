"""Retraining cost: how dear will it be to reuse this model?"""

import streamlit as st

from core.lab.figure import Look
from core.lab.runs import Run
from core.retraining.calculator.spec import RETRAINING_INDEX
from core.retraining.shifts import figures
from core.retraining.shifts.figures_models import TITLES
from core.retraining.shifts.words import PREDICTION
from core.retraining.tasks.spec import RETRAINING_TASKS
from pages._rooms.retraining import several, target
from pages._ui import drawing, shell
from pages._ui.controls import view
from pages._ui.parts import Parts
from pages._ui.rooms import room_of

VIEWS = {"one": "One model, many shifts", "several": "Several models, one shift"}


def draw_one(run: Run, look: Look) -> None:
    """Draw what every index says of one model's shifts, and what they cost."""
    models = {name: TITLES[name] for name in run.results[0].models["model"]}

    def choose() -> dict[str, str]:
        return {"model": view("Model", models, "model", first="full")}

    drawing.show(figures.COSTS, run, look, controls=choose)
    with st.grid(2, min_column_width=380):
        drawing.show(figures.RANKING, run, look)
        drawing.show(figures.CURVES, run, look)
    target.draw(run)



def draw_evidence(run: Run, look: Look, _: None) -> None:
    """Draw what was censored, what energy is, and the ways to the other two rooms."""
    with st.grid(2, min_column_width=380):
        for figure in (figures.CENSORING, figures.ENERGY):
            drawing.show(figure, run, look)
    for experiment, title in ((RETRAINING_INDEX, "Your own data or features: every index at once"),
                              (RETRAINING_TASKS, "New tasks instead of shifted data")):
        shell.link_room(room_of(experiment), title)


def draw_figures(run: Run, look: Look) -> None:
    """Draw one model under many shifts, or several models under one."""
    if view("Models", VIEWS, "models") == "several":
        several.draw(run, look)
    else:
        draw_one(run, look)


PARTS = Parts(prediction=PREDICTION, figures=draw_figures, evidence=draw_evidence)
