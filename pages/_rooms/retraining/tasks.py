"""New tasks: does an index tell what a new task will cost?"""

import streamlit as st

from core.lab.figure import Look
from core.lab.runs import Run
from core.retraining.shifts.spec import RETRAINING
from core.retraining.tasks import figures
from core.retraining.tasks.words import PREDICTION
from pages._rooms.retraining import shares
from pages._ui import drawing, shell
from pages._ui.parts import Parts
from pages._ui.rooms import room_of

SHIFTS = room_of(RETRAINING)


def draw_figures(run: Run, look: Look) -> None:
    with st.grid(2, min_column_width=380):
        drawing.show(figures.MATRIX, run, look)
        drawing.show(figures.RANKING, run, look)
    shares.draw(run)


def draw_evidence(run: Run, look: Look, _: None) -> None:
    titles = dict(zip(run.results[0].tasks["task"], run.results[0].tasks["title"], strict=True))

    def choose() -> dict[str, str]:
        return {"task": st.selectbox("Task", list(titles), format_func=titles.__getitem__, key="task", bind="query-params",
                                     label_visibility="collapsed")}

    with st.grid(2, min_column_width=380):
        drawing.show(figures.SAVED, run, look)
        drawing.show(figures.CURVES, run, look, controls=choose)
        drawing.show(figures.COSTS, run, look)
        drawing.show(figures.NEVER, run, look)
    shell.link_room(SHIFTS, "Shifted data instead of new tasks")


PARTS = Parts(prediction=PREDICTION, figures=draw_figures, evidence=draw_evidence)
