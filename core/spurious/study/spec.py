"""The room of spurious correlations as a record: what it asks, takes, returns and claims. Imports no torch."""

from core.lab.experiment import Change, Experiment, Preset, Shipped, Step
from core.lab.work import Work
from core.models.names import MODEL_NAMES
from core.spurious.config import FULL, MODELS, SpuriousConfig
from core.spurious.cost import one_training
from core.spurious.data_rules import data_fingerprint
from core.spurious.study.claims import CLAIMS
from core.spurious.study.result import SpuriousResult

LITE = SpuriousConfig()
MINORITY = SpuriousConfig(identifiable_share=0.5, minority_share=0.02)  # 750 carriers against 30, found on seed 7


def work_of(config: SpuriousConfig) -> Work:
    """Return what one seed amounts to: how many trainings on all images the settings amount to."""
    short = config.score_epoch / config.epochs
    trainings = 6.0 + 3.0 * sum(1.0 - share for share in config.shares) + 5.0  # blocks, sweep, oracle and scores
    trainings += short * config.score_runs + len(config.scenarios) * (1.0 + short * (config.score_runs - 1))
    trainings += 2.0 * (config.repeats - 1) * (1.0 - config.share) * len(set(config.scenarios) - {"identifiable"})
    trainings += 3.0 * (len(config.scenarios) - 1) + (7.5 if config.evidence else 0.0)
    return Work(12.0, one_training(config) * trainings)


SPURIOUS = Experiment(
    name="spurious",
    title="Spurious correlations",
    question="Does the model lean on a cue that will not hold?",
    config=SpuriousConfig,
    result=SpuriousResult,
    presets=(
        Preset("lite", "lite: about 90 s", LITE, (0,), 90.0, gallery_seeds=(0, 1, 2)),
        Preset("full", "full: for a GPU, hours", FULL, (100, 101, 102, 103, 104), 14_400.0, gpu=True,
               gallery_seeds=(), slice=("epochs=10", "score_epoch=2", "n_train=2000", "evidence=false", "repeats=1")),
    ),
    steps=(
        Step("Mark the images", 0.5),
        Step("Learn what is hard", 10.0),
        Step("Prune and train anew", 50.0),
        Step("Try the rivals", 8.0),
        Step("Gather the evidence", 10.0),
        Step("Report", 1.0),
    ),
    run="core.spurious.study.experiment:run",
    figures="core.spurious.study.figures:FIGURES",
    texts="core.spurious.study.words:TEXTS",
    claims=CLAIMS,
    version=3,
    changes=(
        Change(2, "2026-11-20", "The network that never saw the cue is the base line of every training set."),
        Change(3, "2026-11-29", "Training sets hold a minority for methods that protect groups; known groups have it as a group.")),
    fingerprint=data_fingerprint,
    work=work_of,
    headline="reliance",
    shipped=(Shipped("minority", "Half of one class carries the cue, 2% of the other", MINORITY, ()),),
    fit="core.spurious.fitting:fit",
)

assert set(MODELS) <= set(MODEL_NAMES)
