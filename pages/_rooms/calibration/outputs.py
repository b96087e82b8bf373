"""Outputs alone: are these outputs as sure as they are right? No model is needed."""

import streamlit as st

from core.calibration.outputs import figures
from core.calibration.outputs.words import PREDICTION
from core.calibration.study.spec import CALIBRATION
from core.lab.runs import Run
from pages._ui import shell
from pages._ui.parts import Parts, grid
from pages._ui.rooms import room_of

WHOLE = room_of(CALIBRATION)
LAYOUT = """An npz file holds `logits` or `probs` (rows, classes) with `y`, what was said at home, and `shifted_logits` or `shifted_probs`
with `shifted_y`, where the data has drifted; `group` tells for each shifted row a group, if there are groups. A CSV file has the columns
`part` (home or shifted), `y`, `logit_0, logit_1, …` or `prob_0, prob_1, …`, and `group`."""


def draw_layout(run: Run | None) -> None:
    """Draw how a file of outputs is laid out, opened where no result stands above it."""
    with st.expander("Bring your own outputs", icon=":material/upload_file:", expanded=run is None):
        st.markdown(LAYOUT)
        shell.link_room(WHOLE, "The room with a network to adapt")


PARTS = Parts(prediction=PREDICTION, figures=grid(*figures.FIGURES), notes=draw_layout)
