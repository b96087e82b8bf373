"""LayerNorm gauge: what does stripping cost one and the same function?"""

from core.lab.runs import Run
from core.layernorm.gauge import figures
from core.layernorm.gauge.words import PREDICTION
from core.layernorm.study.spec import LAYERNORM
from pages._ui import shell
from pages._ui.parts import Parts, grid
from pages._ui.rooms import room_of


def draw_way_on(_: Run | None) -> None:
    """Draw the way to the study."""
    if not shell.presenting():
        shell.link_room(room_of(LAYERNORM), "What fine-tuning makes of it")


PARTS = Parts(prediction=PREDICTION, figures=grid(*figures.FIGURES), notes=draw_way_on)
