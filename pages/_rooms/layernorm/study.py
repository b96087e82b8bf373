"""LayerNorm memorization: does LayerNorm store the wrong labels a model learns?"""

import streamlit as st

from core.lab.figure import Look
from core.lab.runs import Run
from core.layernorm.panels import TITLES, placements_of, variants_of
from core.layernorm.study import figures
from core.layernorm.study.words import PREDICTION
from pages._rooms.layernorm import evidence, samples
from pages._ui import drawing
from pages._ui.parts import Parts


def choose_variant(run: Run) -> str:
    """Return what stands beside the intact model: all that the run fine-tuned from the same weights."""
    known = {name: TITLES[name] for placement in placements_of(run) for name in variants_of(run, placement) if name != "intact"}
    with st.grid(4, min_column_width=220):
        return st.selectbox("Beside the intact model", list(known), format_func=known.__getitem__, key="variant", bind="query-params",
                            help="The model on the right in the next two figures, and in the table of samples.") or "all"


def draw_figures(run: Run, look: Look) -> str:
    variant = choose_variant(run)
    with st.grid(2, min_column_width=380):
        for placement, figure in (("post", figures.SHARES_POST), ("pre", figures.SHARES_PRE)):
            if placement in placements_of(run):
                drawing.show(figure, run, look, controls=lambda: {"variant": variant})
    return variant


def draw_evidence(run: Run, look: Look, variant: str) -> None:
    """Draw the evidence that is asked for, the samples, and the facts about the models."""
    evidence.draw(run, look, variant)
    samples.draw(run, variant, look)
    evidence.draw_facts(run)


PARTS = Parts(prediction=PREDICTION, figures=draw_figures, evidence=draw_evidence)
