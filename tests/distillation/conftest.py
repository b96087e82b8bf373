"""A finished run of tiny soft labels for figures: one real seed under three numbers."""

import pytest

from core.distillation.soft_labels.spec import DISTILLATION
from core.lab.runs import Request, Run
from core.lab.store import home
from tests.distillation import tiny_soft_labels


@pytest.fixture
def tiny_run() -> Run:
    """Return the run; its seeds are alike."""
    seeds = (0, 1, 2)
    request = Request(DISTILLATION, tiny_soft_labels.CONFIG, seeds, "data", "custom", "cpu", 0.0)
    cost = {"cost": {"seconds": 1.0, "energy_kwh": 1e-4, "co2_kg": 1e-5}}
    return Run(request, (tiny_soft_labels.result(),) * 3, (cost,) * 3, home())
