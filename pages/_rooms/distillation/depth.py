"""Many depths at once: does one joint training give every depth?"""

import streamlit as st

from core.distillation.depth import figures
from core.distillation.depth.spec import DISTILLATION_DEPTH
from core.distillation.depth.words import PREDICTION
from core.lab.figure import Look
from core.lab.runs import Run
from pages._rooms.distillation import budget
from pages._ui import drawing, shipped
from pages._ui.controls import view
from pages._ui.parts import Parts

SHIPPED = {"lite": "Clothes", "standard": "Sums of two digits"}
EVIDENCE = {"terms": "Parts of the loss", "statistics": "BatchNorm", "cost": "Training cost",
            "calibration": "Calibration", "sizes": "More data"}


def draw_figures(run: Run, look: Look) -> None:
    """Draw the frontier, and beside it the budget slider with the sub-network that it picks."""
    with st.grid(2, min_column_width=380):
        drawing.show(figures.FRONTIER, run, look, controls=lambda: {
            "axis": view("Against", {key: title for key, (title, *_) in figures.AXES.items()}, "axis")})
        budget.draw(run)


def draw_evidence(run: Run, look: Look, _: None) -> None:
    """Draw one further figure, picked by the reader."""
    match view("Evidence", EVIDENCE, "evidence"):
        case "statistics":
            drawing.show(figures.STATISTICS, run, look)
        case "cost":
            drawing.show(figures.COST, run, look)
        case "sizes":
            drawing.show(figures.SIZES, run, look)
        case "calibration":
            drawing.show(figures.CALIBRATION, run, look, controls=lambda: {
                "measure": view("Measured by", {key: title for key, (title, *_) in figures.MEASURES.items()}, "measure")})
        case _:
            drawing.show(figures.LOSS_TERMS, run, look)


PARTS = Parts(prediction=PREDICTION, choice=shipped.choice(DISTILLATION_DEPTH, SHIPPED), figures=draw_figures, evidence=draw_evidence)
