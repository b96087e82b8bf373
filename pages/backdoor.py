"""Backdoors: can a hidden trigger be cut out of a language model?"""

import streamlit as st

from core.backdoor.study import figures
from core.backdoor.study.figures_arms import MEASURES
from core.backdoor.study.figures_inside import SANITY
from core.backdoor.study.spec import BACKDOOR
from core.backdoor.study.words import GLOSSARY, PREDICTION
from core.lab.figure import Look
from core.lab.runs import Run
from pages._rooms.backdoor import answers, arm_table, looks
from pages._rooms.backdoor.views import MODELS_SHIPPED, view
from pages._ui import answer, drawing, provenance, room, shipped, verdicts
from pages._ui.rooms import room_of

EVIDENCE = {"where": "Where it sits", "map": "Map", "sweep": "Share and variants", "ability": "Ability", "published": "Published",
            "arms": "All arms", "variants": "Variants"}


def draw_figures(run: Run, look: Look) -> None:
    """Draw what became of the trigger, and what can be said before any repair."""
    with st.grid(2, min_column_width=380):
        drawing.show(figures.ARMS, run, look, controls=lambda: {"measure": view("Counted", MEASURES, "measure")})
        drawing.show(figures.LOOKS, run, look)
    looks.draw(run)


def draw_evidence(run: Run, look: Look) -> None:
    """Draw one further view, picked by the reader."""
    st.space("small")
    st.header("Look closer", anchor=False)
    match view("Evidence", EVIDENCE, "evidence"):
        case "map":
            drawing.show(figures.MAP, run, look)
        case "sweep":
            drawing.show(figures.SWEEP, run, look)
        case "ability":
            drawing.show(figures.ABILITY, run, look)
        case "published":
            drawing.show(figures.PUBLISHED, run, look)
        case "arms":
            arm_table.draw(run)
        case "variants":
            arm_table.draw_variants(run)
        case _:
            where = view("Taken apart by", SANITY, "taken")
            drawing.show(figures.PARTS if where == "parts" else figures.BLOCKS, run, look)


def draw_glossary() -> None:
    """Draw the words of the room."""
    with st.expander("Words of this room", icon=":material/dictionary:"):
        st.table(GLOSSARY, border="horizontal")


run, look = room.enter(room_of(BACKDOOR), PREDICTION, shipped.choice(BACKDOOR, MODELS_SHIPPED))
if run is not None:
    draw_figures(run, look)
    verdicts.draw(run)
    draw_evidence(run, look)
    answers.draw(run)
    draw_glossary()
    answer.draw_method(BACKDOOR)
    provenance.draw(run)
else:
    draw_glossary()
    answer.draw_method(BACKDOOR)
