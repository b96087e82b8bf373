"""Safety units: which units of a language model make it refuse?"""

import streamlit as st

from core.lab.figure import Look
from core.lab.runs import Run
from core.safety.marks import JUDGES
from core.safety.units import figures
from core.safety.units.figures_removal import MEASURES
from core.safety.units.spec import SAFETY
from core.safety.units.words import GLOSSARY, PREDICTION
from pages._rooms.safety import answers, evidence, live, units_map
from pages._rooms.safety.evidence import MODELS_SHIPPED
from pages._ui import drawing, shipped
from pages._ui.controls import view
from pages._ui.parts import Parts


def draw_figures(run: Run, look: Look) -> None:
    with st.grid(2, min_column_width=380):
        drawing.show(figures.REFUSALS, run, look, controls=lambda: {"judge": view("Judge", JUDGES, "judge")})
        drawing.show(figures.UTILITY, run, look, controls=lambda: {"measure": view("Measure", MEASURES, "measure")})
    units_map.draw(run, look)
    live.draw(run)


def draw_evidence(run: Run, look: Look, _: None) -> None:
    """Draw the evidence that is asked for, then what the models answer."""
    evidence.draw(run, look)
    answers.draw(run)


def draw_glossary(_: Run | None) -> None:
    with st.expander("Words of this room", icon=":material/dictionary:"):
        st.table(GLOSSARY, border="horizontal")


PARTS = Parts(prediction=PREDICTION, choice=shipped.choice(SAFETY, MODELS_SHIPPED), figures=draw_figures, evidence=draw_evidence,
              slides=(("Choose the shares", units_map.draw),), notes=draw_glossary)
