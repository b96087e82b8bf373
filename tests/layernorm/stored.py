"""A finished run of the room: one tiny training for all tests, and seeds and headline numbers as a test wants them."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from core.lab import folders, jobs
from core.lab.jobs import Status
from core.lab.runs import Request, Run, request_to_json
from core.lab.store import save_result
from core.lab.worker import manifest
from core.layernorm import subjects
from core.layernorm.gauge import experiment as gauge
from core.layernorm.gauge.config import GaugeConfig
from core.layernorm.gauge.spec import LAYERNORM_GAUGE
from core.layernorm.study import experiment
from core.layernorm.study.result import LayerNormResult
from core.layernorm.study.spec import LAYERNORM
from tests.layernorm.tiny import TINY, context, images

SHARED = ("data", "depth", "width", "heads", "patch", "n_train", "n_test", "pretraining_samples", "pretraining_rate")
NUMBERS = {  # what the headline numbers of a room that memorised would look like, by metric name, one value a seed
    "memorised_post": (1.0, 0.97, 0.97), "memorised_stripped_post": (0.9, 0.93, 0.97), "memorised_drop_post": (0.1, 0.04, 0.0),
    "memorised_drop_matched_post": (-0.1, -0.07, -0.12), "memorised_drop_matched_pre": (-0.1, -0.05, -0.12),
    "gradient_ratio": (1.6, 1.9, 1.7)}


SHELF = context().models  # what the tiny problem pretrained


@cache
def trained() -> LayerNormResult:
    """Return the result of the tiny problem, trained once a session."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subjects, "load", lambda source: images())
        return experiment.run(TINY, 0, context(SHELF))


def result(seed: int, **numbers: tuple[float, ...]) -> LayerNormResult:
    """Return the tiny result with headline numbers of one seed put in."""
    chosen = {name: values[seed] for name, values in {**NUMBERS, **numbers}.items()}
    epochs = trained().epochs.assign(test_accuracy=lambda table: table["test_accuracy"] * (1 - 0.01 * seed))
    return replace(trained(), epochs=epochs, **chosen)


def request(seeds: tuple[int, ...] = (0, 1, 2)) -> Request:
    """Return the request of the tiny problem."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.layernorm.config.load", lambda source: images())
        return jobs.make_request(LAYERNORM, TINY, seeds, preset="custom", device="cpu")


def run(seeds: tuple[int, ...] = (0, 1, 2), **numbers: tuple[float, ...]) -> Run:
    """Return a finished run that is stored nowhere."""
    return Run(request(seeds), tuple(result(seed, **numbers) for seed in seeds), (), Path("/nowhere"))


def store(root: Path, seeds: tuple[int, ...] = (0, 1, 2)) -> str:
    """Store a finished run under ``root``, as a worker would have left it; return its id."""
    return _store(root, request(seeds), result)


def store_gauge(root: Path, data: str = TINY.data) -> str:
    """Store a run of one seed of the demonstration, from the tables of the room's own run; ``data`` is what it says it is of."""
    room = trained()
    config = GaugeConfig(**{name: getattr(TINY, name) for name in SHARED}).replace(data=data, points=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.layernorm.config.load", lambda source: images())
        asked = jobs.make_request(LAYERNORM_GAUGE, config, (0,), preset="custom", device="cpu")
    return _store(root, asked, lambda seed: gauge.result(room.damage, room.gauge))


def leave(root: Path, asked: Request, status: Status) -> str:
    """Leave a run's folder in the given state; return its id."""
    folder = root / "runs" / asked.run
    folder.mkdir(parents=True)
    folders.write_json(folder / "spec.json", request_to_json(asked))
    jobs.write_status(folder, status)
    return asked.run


def _store(root: Path, asked: Request, made: Callable[[int], object]) -> str:
    folders.make_folder(root)
    cost = {"seconds": 9.0, "energy_kwh": 1e-5, "co2_kg": 4e-6}
    for seed in asked.seeds:
        save_result(root, asked.key(seed), made(seed), manifest(asked, seed, context(), cost))
    return leave(root, asked, Status("finished", fraction=1.0, seeds_done=len(asked.seeds), started=1.0, ended=28.0))
