"""Compression, one setting: who pays at this one setting, answered in seconds."""

import streamlit as st

from core.compression.groups.spec import COMPRESSION
from core.compression.setting import figures
from core.compression.setting.words import PREDICTION
from core.lab.figure import Look
from core.lab.runs import Run
from pages._rooms.compression import evidence
from pages._ui import drawing, shell
from pages._ui.controls import view
from pages._ui.parts import Parts
from pages._ui.rooms import room_of

ALL = room_of(COMPRESSION)


def draw_figures(run: Run, look: Look) -> None:
    with st.grid(2, min_column_width=380):
        drawing.show(figures.GROUPS, run, look, controls=lambda: {
            "copy": view("Copy", figures.COHORTS, "copy")})
        drawing.show(figures.ENDS, run, look)


def draw_evidence(run: Run, look: Look, _: None) -> None:
    with st.grid(2, min_column_width=380):
        drawing.show(figures.LINKS, run, look)
        evidence.draw_layers(run, "quantise" if run.request.config.is_rounded else "prune", figures.THIS)
    shell.link_room(ALL, "Every setting, with intervals")


PARTS = Parts(prediction=PREDICTION, figures=draw_figures, evidence=draw_evidence)
