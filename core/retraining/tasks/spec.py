"""The study of new tasks as a record. Imports no torch."""

from core.data.sources import fingerprint
from core.lab.experiment import Experiment, Preset, Step
from core.lab.folders import digest_of
from core.retraining.tasks.catalogue import DIGITS, FASHION
from core.retraining.tasks.claims import CLAIMS
from core.retraining.tasks.config import NONE, TasksConfig
from core.retraining.tasks.result import TasksResult

STANDARD = TasksConfig(tasks="ten", cap=16_384, epochs=10)
FULL = TasksConfig(tasks="ten", model="resnet18", epochs=30, cap=49_152)
SEEDS = (100, 101, 102, 103, 104)


def data_fingerprint(config: TasksConfig) -> str:
    """Return the content hash of both bundled data sets and of own data where there are any."""
    own = [fingerprint(name) for name in (config.own_task, config.own_source) if name != NONE]
    return digest_of(" ".join([fingerprint(FASHION), fingerprint(DIGITS), *own]))


def seconds_of(config: TasksConfig) -> float:
    """Return the rough time of one seed on two CPU cores."""
    n_sources, n_tasks = 2 + (config.own_source != NONE), len(config.plan) + (config.own_task != NONE)
    per_image = (config.width / 16) ** 1.5 * (40.0 if config.model.startswith("resnet") else 1.0)
    trained = n_sources * config.n_source * config.epochs + 1.6 * (n_sources + 1) * n_tasks * config.cap
    return 4.0 + per_image * trained / 9000 + 0.3 * (n_sources + 1) * n_tasks


RETRAINING_TASKS = Experiment(
    name="retraining_tasks",
    title="New tasks",
    question="Does an index tell what a new task will cost?",
    config=TasksConfig,
    result=TasksResult,
    presets=(
        Preset("lite", "lite: about a minute", TasksConfig(), SEEDS, 60.0, gallery_seeds=()),
        Preset("standard", "standard: a few minutes", STANDARD, SEEDS, 200.0, gallery_seeds=()),
        Preset("full", "full: an hour on a GPU, estimated", FULL, SEEDS, 3600.0, gpu=True, gallery_seeds=())),
    steps=(Step("Train the sources", 8.0), Step("Compute every index", 6.0), Step("Teach each task to each source", 40.0)),
    run="core.retraining.tasks.experiment:run",
    figures="core.retraining.tasks.figures:FIGURES",
    texts="core.retraining.tasks.words:WORDS",
    claims=CLAIMS,
    version=1,
    fingerprint=data_fingerprint,
    seconds=seconds_of,
    headline="rank_task",
)
