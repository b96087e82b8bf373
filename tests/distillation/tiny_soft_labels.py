"""One tiny seed of soft labels, computed once for all tests that read a result."""

import tempfile
from functools import cache
from pathlib import Path

from core.distillation.soft_labels.config import SoftLabelConfig
from core.distillation.soft_labels.experiment import run
from core.distillation.soft_labels.result import SoftLabelResult
from core.lab.experiment import Context
from core.lab.store import ModelStore

CONFIG = SoftLabelConfig(
    n_train=200, n_more=300, n_validation=100, n_test=150, epochs=2, encoder_epochs=1, teacher_epochs=1, teacher_width=8, weights="0.5",
    temperatures="1", per_class=5)


@cache
def result() -> SoftLabelResult:
    """Return seed 0 of the tiny study."""
    with tempfile.TemporaryDirectory() as folder:
        return run(CONFIG, 0, Context(device="cpu", threads=2, models=ModelStore(Path(folder)), begin=lambda step: None,
                                      report=lambda *told: None))
