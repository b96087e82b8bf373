"""Soft labels: can an autoencoder's labels replace a teacher?"""

import streamlit as st

from core.distillation.soft_labels import figures
from core.distillation.soft_labels.spec import DISTILLATION
from core.distillation.soft_labels.words import PREDICTION, teacher_note
from core.lab.figure import Look
from core.lab.runs import Run
from pages._rooms.distillation import soft_label_tables
from pages._rooms.distillation.views import view
from pages._ui import answer, drawing, provenance, room, verdicts
from pages._ui.rooms import room_of

EVIDENCE = {"choices": "What was chosen", "sizes": "More data", "costs": "What it costs", "arms": "All arms"}


def draw_figures(run: Run, look: Look) -> None:
    """Draw labels beside confusion, arms against hard labels, accuracy against cost."""
    if note := teacher_note(run):
        st.caption(f":material/info: {note}")
    with st.grid(2, min_column_width=380):
        drawing.show(figures.ARMS, run, look, controls=lambda: {"measure": view("Measured by", figures.MEASURES, "measure")})
        drawing.show(figures.HEAT, run, look, controls=lambda: {"view": view("Labels", figures.VIEWS, "labels")})


def draw_evidence(run: Run, look: Look) -> None:
    """Draw one further view, picked by the reader."""
    st.space("small")
    st.header("Look closer", anchor=False)
    match view("Evidence", EVIDENCE, "evidence"):
        case "sizes":
            drawing.show(figures.SIZES, run, look)
        case "costs":
            drawing.show(figures.COST, run, look, controls=lambda: {
                "cost": view("Cost", {key: title for key, (title, _) in figures.COSTS.items()}, "cost")})
            soft_label_tables.costs(run)
        case "arms":
            soft_label_tables.arms(run)
        case _:
            drawing.show(figures.CHOICES, run, look)


run, look = room.enter(room_of(DISTILLATION), PREDICTION)
if run is not None:
    draw_figures(run, look)
    verdicts.draw(run)
    draw_evidence(run, look)
    answer.draw_method(DISTILLATION)
    provenance.draw(run)
else:
    answer.draw_method(DISTILLATION)
