"""One pruning, trained anew: what happens when exactly these images go?"""

from core.spurious.retrain.figures import RETRAIN
from core.spurious.retrain.spec import SPURIOUS_RETRAIN
from core.spurious.retrain.words import PREDICTION
from core.spurious.study.spec import SPURIOUS
from pages._ui import answer, drawing, provenance, room, shell, verdicts
from pages._ui.rooms import room_of

run, look = room.enter(room_of(SPURIOUS_RETRAIN), PREDICTION)
if run is not None:
    drawing.show(RETRAIN, run, look)
    verdicts.draw(run)
if not shell.presenting():
    shell.link(room_of(SPURIOUS).page, "Every rule at every share", room_of(SPURIOUS).icon)
answer.draw_method(SPURIOUS_RETRAIN)
if run is not None:
    provenance.draw(run)

