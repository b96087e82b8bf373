"""One tiny seed of depth, computed once for all tests that read a result."""

import tempfile
from functools import cache
from pathlib import Path

from core.distillation.depth.config import DepthConfig
from core.distillation.depth.experiment import run
from core.distillation.depth.result import DepthResult
from core.lab.experiment import Context
from core.lab.store import ModelStore

CONFIG = DepthConfig(n_train=160, n_more=240, n_test=80, blocks=2, most_dropped=3, width=4, epochs=2, batch_size=32, n_statistics=64)


@cache
def result() -> DepthResult:
    """Return seed 0 of the tiny study."""
    with tempfile.TemporaryDirectory() as folder:
        return run(CONFIG, 0, Context(device="cpu", threads=2, models=ModelStore(Path(folder)), begin=lambda step: None,
                                      report=lambda *told: None))
