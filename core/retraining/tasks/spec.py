"""The study of new tasks as a record. Imports no torch."""

from core.data.sources import fingerprint
from core.lab.experiment import Experiment, Preset, Step
from core.lab.folders import digest_of
from core.lab.work import Work
from core.retraining.tasks.catalogue import DIGITS, FASHION
from core.retraining.tasks.claims import CLAIMS
from core.retraining.tasks.config import NONE, TasksConfig
from core.retraining.tasks.draw import read
from core.retraining.tasks.result import TasksResult
from core.training.cost import training_seconds

STANDARD = TasksConfig(tasks="ten", cap=16_384, epochs=10)
FULL = TasksConfig(tasks="ten", model="resnet18", epochs=30, cap=49_152)
SEEDS = (100, 101, 102, 103, 104)


def data_fingerprint(config: TasksConfig) -> str:
    """Return the content hash of both bundled data sets and of own data where there are any.

    Raises:
        InputError: If data are missing, do not go together or are too few; looked at before anything is computed.
    """
    read(config, SEEDS[0])
    own = [fingerprint(name) for name in (config.own_task, config.own_source) if name != NONE]
    return digest_of(" ".join([fingerprint(FASHION), fingerprint(DIGITS), *own]))


def work_of(config: TasksConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    n_sources, n_tasks = 2 + (config.own_source != NONE), len(config.plan) + (config.own_task != NONE)
    trained = n_sources * config.n_source * config.epochs + 1.6 * (n_sources + 1) * n_tasks * config.cap
    return Work(4.0, OVERHEAD * training_seconds(config.model, config.width, trained) + 0.3 * (n_sources + 1) * n_tasks)


OVERHEAD = 1.8  # of small batches and of readings along the way


RETRAINING_TASKS = Experiment(
    name="retraining_tasks",
    title="New tasks",
    question="Does an index tell what a new task will cost?",
    config=TasksConfig,
    result=TasksResult,
    presets=(
        Preset("lite", "lite: about a minute", TasksConfig(), SEEDS, 42.0, gallery_seeds=SEEDS),
        Preset("standard", "standard: a few minutes", STANDARD, SEEDS, 110.0, gallery_seeds=()),
        Preset("full", "full: an hour on a GPU, estimated", FULL, SEEDS, 3600.0, gpu=True, gallery_seeds=(),
               slice=("epochs=4", "cap=4096"))),
    steps=(Step("Train the sources", 8.0), Step("Compute every index", 6.0), Step("Teach each task to each source", 40.0)),
    run="core.retraining.tasks.experiment:run",
    figures="core.retraining.tasks.figures:FIGURES",
    texts="core.retraining.tasks.words:WORDS",
    claims=CLAIMS,
    version=1,
    fingerprint=data_fingerprint,
    work=work_of,
    headline="rank_task",
)
