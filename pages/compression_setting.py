"""Compression, one setting: who pays at this one setting, answered in seconds."""

import streamlit as st

from core.compression.groups.spec import COMPRESSION
from core.compression.setting import figures
from core.compression.setting.spec import COMPRESSION_SETTING
from core.compression.setting.words import PREDICTION
from core.lab.figure import Look
from core.lab.runs import Run
from pages._rooms.compression import evidence
from pages._ui import answer, drawing, provenance, room, shell, verdicts
from pages._ui.rooms import room_of

ALL = room_of(COMPRESSION)


def draw_figures(run: Run, look: Look) -> None:
    with st.grid(2, min_column_width=380):
        drawing.show(figures.GROUPS, run, look, controls=lambda: {
            "copy": evidence.view("Copy", figures.COHORTS, "copy")})
        drawing.show(figures.ENDS, run, look)


def draw_evidence(run: Run, look: Look) -> None:
    st.space("small")
    st.header("Look closer", anchor=False)
    with st.grid(2, min_column_width=380):
        drawing.show(figures.LINKS, run, look)
        evidence.draw_layers(run, "quantise" if run.request.config.is_rounded else "prune", figures.THIS)
    shell.link(ALL.page, "Every setting, with intervals", ALL.icon)


run, look = room.enter(room_of(COMPRESSION_SETTING), PREDICTION)
if run is not None:
    draw_figures(run, look)
    verdicts.draw(run)
    draw_evidence(run, look)
    answer.draw_method(COMPRESSION_SETTING)
    provenance.draw(run)
else:
    answer.draw_method(COMPRESSION_SETTING)
