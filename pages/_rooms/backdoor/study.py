"""Backdoors: can a hidden trigger be cut out of a language model?"""

import streamlit as st

from core.backdoor.study import figures
from core.backdoor.study.figures_arms import MEASURES
from core.backdoor.study.spec import BACKDOOR
from core.backdoor.study.words import GLOSSARY, PREDICTION
from core.lab.figure import Look
from core.lab.runs import Run
from pages._rooms.backdoor import answers, arm_table, live, looks
from pages._ui import drawing, shipped
from pages._ui.controls import view
from pages._ui.parts import Parts

MODELS_SHIPPED = {"standard": "SmolLM2, 135 million weights", "lite": "Topic model, trained in the run"}
EVIDENCE = {"blocks": "Blocks", "map": "Map", "sweep": "Share and variants", "ability": "Ability", "published": "Published",
            "arms": "All arms", "variants": "Variants"}
FIGURES = {"blocks": figures.BLOCKS, "map": figures.MAP, "sweep": figures.SWEEP, "ability": figures.ABILITY, "published": figures.PUBLISHED}


def draw_figures(run: Run, look: Look) -> None:
    """Draw what became of the trigger, and what can be said before any repair."""
    drawing.show(figures.ARMS, run, look, controls=lambda: {"measure": view("Counted", MEASURES, "measure")})
    with st.grid(2, min_column_width=380):
        drawing.show(figures.LOOKS, run, look)
        drawing.show(figures.PARTS, run, look)
    looks.draw(run)
    live.draw(run)


def draw_evidence(run: Run, look: Look, _: None) -> None:
    """Draw one further view, picked by the reader, then answers word for word."""
    match view("Evidence", EVIDENCE, "evidence"):
        case "arms":
            arm_table.draw(run)
        case "variants":
            arm_table.draw_variants(run)
        case shown:
            drawing.show(FIGURES[shown], run, look)
    answers.draw(run)


def draw_glossary(_: Run | None) -> None:
    """Draw the words of the room."""
    with st.expander("Words of this room", icon=":material/dictionary:"):
        st.table(GLOSSARY, border="horizontal")


PARTS = Parts(prediction=PREDICTION, choice=shipped.choice(BACKDOOR, MODELS_SHIPPED), figures=draw_figures, evidence=draw_evidence,
              notes=draw_glossary)
