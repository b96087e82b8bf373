"""One pruning, trained anew: what happens when exactly these images go?"""

from core.lab.runs import Run
from core.spurious.retrain.figures import RETRAIN
from core.spurious.retrain.words import PREDICTION
from core.spurious.study.spec import SPURIOUS
from pages._ui import shell
from pages._ui.parts import Parts, grid
from pages._ui.rooms import room_of


def draw_way_on(_: Run | None) -> None:
    """Draw the way to the study."""
    if not shell.presenting():
        shell.link_room(room_of(SPURIOUS), "Every rule at every share")


PARTS = Parts(prediction=PREDICTION, figures=grid(RETRAIN), notes=draw_way_on)
