"""Retraining cost: how dear will it be to reuse this model?"""

import streamlit as st

from core.lab.figure import Look
from core.lab.runs import Run
from core.retraining.shifts import figures
from core.retraining.shifts.spec import RETRAINING
from core.retraining.shifts.words import PREDICTION
from pages._rooms.retraining import target
from pages._ui import answer, drawing, provenance, room, verdicts
from pages._ui.rooms import room_of


def draw_figures(run: Run, look: Look) -> None:
    models = {name: figures.MODELS[name] for name in run.results[0].models["model"]}

    def choose() -> dict[str, str]:
        return {"model": st.segmented_control("Model", list(models), default="full", format_func=models.__getitem__, required=True,
                                              key="model", bind="query-params", label_visibility="collapsed")}

    drawing.show(figures.COSTS, run, look, controls=choose)
    with st.grid(2, min_column_width=380):
        drawing.show(figures.RANKING, run, look)
        drawing.show(figures.CURVES, run, look)
    target.draw(run)


def draw_evidence(run: Run, look: Look) -> None:
    st.space("small")
    st.header("Look closer", anchor=False)
    with st.grid(2, min_column_width=380):
        for figure in (figures.REGRET, figures.CENSORING, figures.ENERGY):
            drawing.show(figure, run, look)


run, look = room.enter(room_of(RETRAINING), PREDICTION)
if run is not None:
    draw_figures(run, look)
    verdicts.draw(run)
    draw_evidence(run, look)
answer.draw_method(RETRAINING)
if run is not None:
    provenance.draw(run)
