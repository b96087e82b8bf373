"""Outputs alone: whom do these outputs give away? No model is needed."""

import streamlit as st

from core.lab.runs import Run
from core.privacy.audit.spec import PRIVACY
from core.privacy.outputs import figures
from core.privacy.outputs.words import PREDICTION
from pages._ui import shell
from pages._ui.parts import Parts, grid
from pages._ui.rooms import room_of

WHOLE = room_of(PRIVACY)
LAYOUT = """An npz file holds `logits` or `probs` (rows, classes) with `y` and `members` (1 where the row was trained on), or
`train_predictions, train_labels, test_predictions, test_labels`. With `reference_logits` (models, rows, classes) and `reference_members`
(models, rows) LiRA and RMIA are asked, too; `group` tells for each row a group. A CSV file has the columns `y`, `member`,
`logit_0, logit_1, …` or `prob_0, prob_1, …`, and `group`."""


def draw_layout(run: Run | None) -> None:
    """Draw how a file of outputs is laid out, opened where no result stands above it."""
    with st.expander("Bring your own outputs", icon=":material/upload_file:", expanded=run is None):
        st.markdown(LAYOUT)
        shell.link_room(WHOLE, "The room that trains models to audit")


PARTS = Parts(prediction=PREDICTION, figures=grid(*figures.FIGURES), notes=draw_layout)
