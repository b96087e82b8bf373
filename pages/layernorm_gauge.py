"""LayerNorm gauge: what does stripping cost one and the same function?"""

import streamlit as st

from core.layernorm.gauge import figures
from core.layernorm.gauge.spec import LAYERNORM_GAUGE
from core.layernorm.gauge.words import PREDICTION
from core.layernorm.study.spec import LAYERNORM
from pages._ui import answer, drawing, provenance, room, shell, verdicts
from pages._ui.rooms import room_of

run, look = room.enter(room_of(LAYERNORM_GAUGE), PREDICTION)
if run is not None:
    with st.grid(2, min_column_width=380):
        for figure in figures.FIGURES:
            drawing.show(figure, run, look)
    verdicts.draw(run)
    shell.link(room_of(LAYERNORM).page, "What fine-tuning makes of it", room_of(LAYERNORM).icon)
answer.draw_method(LAYERNORM_GAUGE)
if run is not None:
    provenance.draw(run)
