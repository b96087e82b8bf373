"""Retraining, one shift: what will retraining on these data cost?"""

import streamlit as st

from core.lab.figure import Look
from core.lab.runs import Run
from core.retraining.calculator import figures
from core.retraining.calculator.words import PREDICTION
from core.retraining.shifts.spec import RETRAINING
from pages._rooms.retraining import prices
from pages._ui import drawing, shell
from pages._ui.parts import Parts
from pages._ui.rooms import room_of

WHOLE = room_of(RETRAINING)


def draw_figures(run: Run, look: Look) -> None:
    values = run.results[0].indices.set_index("index")["value"]
    views = {name: title for name, title in figures.VIEWS.items() if values[name] == values[name]}
    first = "resque_features" if run.request.config.is_features else "resque"

    def choose() -> dict[str, str]:
        return {"index": st.selectbox("Index", list(views), index=list(views).index(first), format_func=views.__getitem__, key="by",
                                      bind="query-params", label_visibility="collapsed")}

    with st.grid(2, min_column_width=380):
        drawing.show(figures.GUIDE, run, look, controls=choose)
        drawing.show(figures.ANGLES, run, look)
    prices.draw(run)


def draw_evidence(run: Run, look: Look, _: None) -> None:
    """Draw where this shift lies among the stored ones, and the way to the study that they are from."""
    drawing.show(figures.PLACE, run, look)
    shell.link_room(WHOLE, "The study that the stored curves are from")


PARTS = Parts(prediction=PREDICTION, figures=draw_figures, evidence=draw_evidence)
