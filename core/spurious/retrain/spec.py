"""One more share, trained live: a single pruning against no pruning and against as many random images. Imports no torch."""

from core.lab.experiment import Experiment, Preset, Step
from core.lab.work import Work
from core.spurious.config import FULL
from core.spurious.cost import one_training
from core.spurious.data_rules import data_fingerprint
from core.spurious.retrain.claims import CLAIMS
from core.spurious.retrain.config import RetrainConfig, retrain_config
from core.spurious.retrain.result import RetrainResult


def work_of(config: RetrainConfig) -> Work:
    """Return what one seed amounts to when nothing is kept; about a third when a run of the room is."""
    return Work(4.0, one_training(config.room_config()) * 3.0)


SPURIOUS_RETRAIN = Experiment(
    name="spurious_retrain",
    title="One pruning, trained anew",
    question="What happens when exactly these images go?",
    config=RetrainConfig,
    result=RetrainResult,
    presets=(
        Preset("lite", "lite: some seconds", RetrainConfig(), (100,), 10.0, gallery_seeds=(100, 101, 102, 103, 104)),
        Preset("full", "full: for a GPU", retrain_config(FULL, "hardest", 0.3), (100, 101, 102, 103, 104), 600.0, gpu=True,
               gallery_seeds=(), slice=("epochs=40", "score_epoch=5")),
    ),
    steps=(Step("Mark the images", 0.5), Step("Learn what is hard", 4.0), Step("Prune and train anew", 4.0), Step("Report", 0.5)),
    run="core.spurious.retrain.experiment:run",
    figures="core.spurious.retrain.figures:FIGURES",
    texts="core.spurious.retrain.words:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=lambda config: data_fingerprint(config.room_config()),
    work=work_of,
    headline="reliance",
    fit="core.spurious.fitting:fit",
)
