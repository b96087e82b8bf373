"""A study of new tasks small enough for tests: trained in seconds, once."""

from functools import cache

from core.retraining.tasks.config import TasksConfig
from core.retraining.tasks.experiment import run
from core.retraining.tasks.result import TasksResult
from tests.retraining.tiny import context

CONFIG = TasksConfig(n_source=300, n_task=200, n_index=120, n_test=150, epochs=2, cap=256, width=4)


@cache
def result() -> TasksResult:
    """Return the tiny study's one seed."""
    return run(CONFIG, 0, context())
