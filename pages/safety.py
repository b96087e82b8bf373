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
from pages._rooms.safety.evidence import MODELS_SHIPPED, view
from pages._ui import answer, drawing, provenance, room, shipped, verdicts
from pages._ui.rooms import room_of


def draw_figures(run: Run, look: Look) -> None:
    with st.grid(2, min_column_width=380):
        drawing.show(figures.REFUSALS, run, look, controls=lambda: {"judge": view("Judge", JUDGES, "judge")})
        drawing.show(figures.UTILITY, run, look, controls=lambda: {"measure": view("Measure", MEASURES, "measure")})
    units_map.draw(run, look)
    live.draw(run)


def draw_glossary() -> None:
    with st.expander("Words of this room", icon=":material/dictionary:"):
        st.table(GLOSSARY, border="horizontal")


run, look = room.enter(room_of(SAFETY), PREDICTION, shipped.choice(SAFETY, MODELS_SHIPPED))
if run is not None:
    draw_figures(run, look)
    verdicts.draw(run)
    evidence.draw(run, look)
    answers.draw(run)
    draw_glossary()
    answer.draw_method(SAFETY)
    provenance.draw(run)
else:
    draw_glossary()
    answer.draw_method(SAFETY)
