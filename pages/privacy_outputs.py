"""Outputs alone: whom do these outputs give away? No model is needed."""

import streamlit as st

from core.privacy.audit.spec import PRIVACY
from core.privacy.outputs import figures
from core.privacy.outputs.spec import PRIVACY_OUTPUTS
from core.privacy.outputs.words import PREDICTION
from pages._ui import answer, drawing, provenance, room, shell, verdicts
from pages._ui.rooms import room_of

WHOLE = room_of(PRIVACY)
LAYOUT = """An npz file holds `logits` or `probs` (rows, classes) with `y` and `members` (1 where the row was trained on), or
`train_predictions, train_labels, test_predictions, test_labels`. With `reference_logits` (models, rows, classes) and `reference_members`
(models, rows) LiRA and RMIA are asked, too; `group` tells for each row a group. A CSV file has the columns `y`, `member`,
`logit_0, logit_1, …` or `prob_0, prob_1, …`, and `group`."""

run, look = room.enter(room_of(PRIVACY_OUTPUTS), PREDICTION)
if run is not None:
    with st.grid(2, min_column_width=380):
        for figure in figures.FIGURES:
            drawing.show(figure, run, look)
    verdicts.draw(run)
with st.expander("Bring your own outputs", icon=":material/upload_file:", expanded=run is None):
    st.markdown(LAYOUT)
    shell.link(WHOLE.page, "The room that trains models to audit", WHOLE.icon)
answer.draw_method(PRIVACY_OUTPUTS)
if run is not None:
    provenance.draw(run)
