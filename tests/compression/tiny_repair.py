"""One tiny seed of the repairs, computed once for all tests that read a result."""

import tempfile
from functools import cache
from pathlib import Path

from core.compression.repair.config import RepairConfig
from core.compression.repair.experiment import run
from core.compression.repair.result import RepairResult
from core.lab.experiment import Context
from core.lab.store import ModelStore

CONFIG = RepairConfig(
    model="mlp", width=4, n_train=300, n_test=20, epochs=2, retrain_epochs=1, n_calibration=50, imbalance=5.0, batch_size=30)


@cache
def result() -> RepairResult:
    """Return seed 0 of the tiny repairs."""
    with tempfile.TemporaryDirectory() as folder:
        context = Context(device="cpu", threads=2, models=ModelStore(Path(folder)), begin=lambda step: None,
                          report=lambda *told: None)
        return run(CONFIG, 0, context)
