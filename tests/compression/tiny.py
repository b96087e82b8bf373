"""One tiny seed of the study, computed once for all tests that read a result."""

import tempfile
from functools import cache
from pathlib import Path
from unittest.mock import patch

from core.compression import census
from core.compression.groups.config import CompressionConfig
from core.compression.groups.experiment import run
from core.compression.groups.result import CompressionResult
from core.lab.experiment import Context
from core.lab.store import ModelStore

CONFIG = CompressionConfig(
    model="mlp", width=4, n_train=300, n_test=40, epochs=2, n_calibration=50, n_chain=16, n_probes=2, bits="8,4", sparsities="10,80",
    imbalance=5.0, retrain_epochs=1)


@cache
def result() -> CompressionResult:
    """Return seed 0 of the tiny study."""
    small = census.STUDY.replace(n_train=300, n_test=40, epochs=1, n_calibration=50)
    with tempfile.TemporaryDirectory() as folder, patch.object(census, "STUDY", small), patch.object(census, "N_CHAIN", 16):
        context = Context(device="cpu", threads=2, models=ModelStore(Path(folder)), begin=lambda step: None,
                          report=lambda *told: None)
        return run(CONFIG, 0, context)
