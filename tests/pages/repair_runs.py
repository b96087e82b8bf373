"""A stored study of repairs: one tiny real seed, kept under three seeds that differ a little, so that intervals have a width."""

import dataclasses
from pathlib import Path

from core.compression.repair.result import RepairResult
from core.compression.repair.spec import COMPRESSION_REPAIR
from core.lab import folders, jobs
from core.lab.experiment import Context, stored_metrics
from core.lab.runs import Request, request_to_json
from core.lab.store import ModelStore, save_result
from core.lab.worker import manifest
from tests.compression import tiny_repair

SEEDS = (0, 1, 2)


def result(seed: int, **numbers: float) -> RepairResult:
    """Return the tiny result with its numbers moved by a thousandth a seed, and with those that are given in their place."""
    made = tiny_repair.result()
    moved = {name: getattr(made, name) for name in stored_metrics(RepairResult)} | numbers
    return dataclasses.replace(made, **{name: value + 0.001 * seed for name, value in moved.items()})


def request() -> Request:
    """Return the request of the tiny study."""
    return jobs.make_request(COMPRESSION_REPAIR, tiny_repair.CONFIG, SEEDS, preset="custom", device="cpu")


def store(root: Path, **numbers: float) -> str:
    """Store the finished study under ``root``, as a worker would have left it; return the run's id."""
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
