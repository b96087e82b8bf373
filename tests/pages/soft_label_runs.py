"""A stored study of soft labels: one tiny real seed, kept under five seeds that differ a little, so that intervals have a width."""

import dataclasses
from pathlib import Path

from core.distillation.soft_labels.result import SoftLabelResult
from core.distillation.soft_labels.spec import DISTILLATION
from core.lab import folders, jobs
from core.lab.experiment import Context, metrics_of
from core.lab.runs import Request, request_to_json
from core.lab.store import ModelStore, save_result
from core.lab.worker import manifest
from tests.distillation import tiny_soft_labels

SEEDS = (0, 1, 2, 3, 4)
MOVED = (0.0, 0.001, -0.001, 0.002, 0.0)


def result(seed: int, **numbers: float) -> SoftLabelResult:
    """Return the tiny result, the numbers that are given in place of its own and moved by up to two thousandths a seed."""
    return dataclasses.replace(tiny_soft_labels.result(), **{name: value + MOVED[seed] for name, value in numbers.items()})


def request() -> Request:
    """Return the request of the tiny study."""
    return jobs.make_request(DISTILLATION, tiny_soft_labels.CONFIG, SEEDS, preset="custom", device="cpu")


def store(root: Path, **numbers: float) -> str:
    """Store the finished study under ``root``, as a worker would have left it; return the run's id."""
    assert set(numbers) <= set(metrics_of(SoftLabelResult))
    asked = request()
    context = Context(device="cpu", threads=2, models=ModelStore(root), begin=lambda step: None, report=lambda *told: None)
    folders.make_folder(root)
    for seed in asked.seeds:
        save_result(root, asked.key(seed), result(seed, **numbers), manifest(
            asked, seed, context, {"seconds": 12.0, "energy_kwh": 1e-4, "co2_kg": 4e-5}))
    folder = root / "runs" / asked.run
    folder.mkdir(parents=True)
    folders.write_json(folder / "spec.json", request_to_json(asked))
    jobs.write_status(folder, jobs.Status("finished", fraction=1.0, seeds_done=len(asked.seeds), started=1.0, ended=37.0))
    return asked.run
