"""Soft labels: can an autoencoder's labels replace a teacher?"""

import streamlit as st

from core.distillation.soft_labels import figures
from core.distillation.soft_labels.words import PREDICTION, teacher_note
from core.lab.figure import Look
from core.lab.runs import Run
from pages._rooms.distillation import soft_label_tables
from pages._ui import drawing
from pages._ui.controls import view
from pages._ui.parts import Parts

EVIDENCE = {"choices": "What was chosen", "sizes": "More data", "costs": "What it costs", "arms": "All arms"}


def draw_figures(run: Run, look: Look) -> None:
    """Draw labels beside confusion, arms against hard labels, accuracy against cost."""
    if note := teacher_note(run):
        st.caption(f":material/info: {note}")
    with st.grid(2, min_column_width=380):
        drawing.show(figures.ARMS, run, look, controls=lambda: {"measure": view("Measured by", figures.MEASURES, "measure")})
        drawing.show(figures.HEAT, run, look, controls=lambda: {"view": view("Labels", figures.VIEWS, "labels")})


def draw_evidence(run: Run, look: Look, _: None) -> None:
    """Draw one further view, picked by the reader."""
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


PARTS = Parts(prediction=PREDICTION, figures=draw_figures, evidence=draw_evidence)
