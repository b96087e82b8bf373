"""Finished runs of both tiny studies for figures: one real seed under three numbers."""

import pytest

from core.distillation.depth.spec import DISTILLATION_DEPTH
from core.distillation.soft_labels.spec import DISTILLATION
from core.lab.runs import Request, Run
from core.lab.store import home
from tests.distillation import tiny_depth, tiny_soft_labels


def made(experiment, config, result) -> Run:
    """Return the run; its seeds are alike."""
    request = Request(experiment, config, (0, 1, 2), "data", "custom", "cpu", 0.0)
    cost = {"cost": {"seconds": 1.0, "energy_kwh": 1e-4, "co2_kg": 1e-5}}
    return Run(request, (result,) * 3, (cost,) * 3, home())


@pytest.fixture
def tiny_run() -> Run:
    """Return a run of soft labels."""
    return made(DISTILLATION, tiny_soft_labels.CONFIG, tiny_soft_labels.result())


@pytest.fixture
def tiny_depth_run() -> Run:
    """Return a run of depth."""
    return made(DISTILLATION_DEPTH, tiny_depth.CONFIG, tiny_depth.result())
