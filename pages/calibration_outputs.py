"""Outputs alone: are these outputs as sure as they are right? No model is needed."""

import streamlit as st

from core.calibration.outputs import figures
from core.calibration.outputs.spec import CALIBRATION_OUTPUTS
from core.calibration.outputs.words import PREDICTION
from core.calibration.study.spec import CALIBRATION
from pages._ui import answer, drawing, provenance, room, shell, verdicts
from pages._ui.rooms import room_of

WHOLE = room_of(CALIBRATION)
LAYOUT = """An npz file holds `logits` or `probs` (rows, classes) with `y`, what was said at home, and `shifted_logits` or `shifted_probs`
with `shifted_y`, where the data has drifted; `group` tells for each shifted row a group, if there are groups. A CSV file has the columns
`part` (home or shifted), `y`, `logit_0, logit_1, …` or `prob_0, prob_1, …`, and `group`."""

run, look = room.enter(room_of(CALIBRATION_OUTPUTS), PREDICTION)
if run is not None:
    with st.grid(2, min_column_width=380):
        for figure in figures.FIGURES:
            drawing.show(figure, run, look)
    verdicts.draw(run)
with st.expander("Bring your own outputs", icon=":material/upload_file:", expanded=run is None):
    st.markdown(LAYOUT)
    shell.link(WHOLE.page, "The room with a network to adapt", WHOLE.icon)
answer.draw_method(CALIBRATION_OUTPUTS)
if run is not None:
    provenance.draw(run)
