"""A study small enough for tests: trained in seconds, once."""

from functools import cache

from core.lab.experiment import Context
from core.retraining.shifts.config import RetrainingConfig
from core.retraining.shifts.experiment import run
from core.retraining.shifts.result import RetrainingResult

CONFIG = RetrainingConfig(n_images=400, n_test=100, n_index=100, epochs=2, cap=256, width=4)


class Kept(dict):
    """A store of models in memory that counts what was put."""

    def get(self, identity):
        """Return what lies under the identity."""
        return super().get(repr(sorted(identity.items())))

    def put(self, identity, arrays):
        """Keep arrays."""
        self[repr(sorted(identity.items()))] = dict(arrays)


KEPT = Kept()


def context() -> Context:
    """Return a context that says nothing."""
    return Context(device="cpu", threads=2, models=KEPT, begin=lambda step: None, report=lambda *told, **more: None)


@cache
def result() -> RetrainingResult:
    """Return the tiny study's one seed."""
    return run(CONFIG, 0, context())
