"""Stored runs of the two defence rooms: real trainings of the smallest networks, made once for all tests."""

from pathlib import Path

import pytest

from core.lab import folders, jobs
from core.lab.config import Config
from core.lab.experiment import Context, Experiment
from core.lab.runs import Request, request_to_json
from core.lab.store import ModelStore, save_result
from core.lab.worker import manifest
from core.privacy.defence import experiment as of_one
from core.privacy.defence.config import DefenceConfig
from core.privacy.defence.spec import PRIVACY_DEFENCE
from core.privacy.map import experiment as of_map
from core.privacy.map.config import MapConfig
from core.privacy.map.spec import PRIVACY_MAP
from tests.privacy.defences.jobs import patterns

TINY = {"n_reference_models": 3, "n_pool": 100, "n_population": 100, "width": 4, "epochs": 2, "batch_size": 25, "fine_tune_epochs": 1,
        "precision": "float32"}
MAP = MapConfig(defences="srcm+pptp", **TINY)


def alone(defence: str) -> DefenceConfig:
    """Return the settings of one defence alone; DP-SGD refuses BatchNorm."""
    return DefenceConfig(defence=defence, model="cnn_groupnorm" if defence == "dp_sgd" else "cnn", **TINY)


def store(root: Path, experiment: Experiment, config: Config, seeds: tuple[int, ...] = (0,)) -> str:
    """Train on the patterns and store the run under ``root``, as a worker would have left it; return its id."""
    made = jobs.make_request(experiment, config, seeds, preset="custom", device="cpu")
    module = of_map if experiment is PRIVACY_MAP else of_one
    context = Context(device="cpu", threads=1, models=ModelStore(root), begin=lambda step: None, report=lambda *told, **more: None)
    folders.make_folder(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "load", lambda source: patterns())
        for seed in seeds:
            save_result(root, made.key(seed), module.run(config, seed, context),
                        manifest(made, seed, context, {"seconds": 3.0, "energy_kwh": 1e-5, "co2_kg": 4e-6}))
    return leave(root, made, jobs.Status("finished", fraction=1.0, seeds_done=len(seeds), started=1.0, ended=4.0))


def leave(root: Path, asked: Request, status: jobs.Status) -> str:
    """Leave a run's folder in the given state; return its id."""
    folder = root / "runs" / asked.run
    folder.mkdir(parents=True)
    folders.write_json(folder / "spec.json", request_to_json(asked))
    jobs.write_status(folder, status)
    return asked.run


def store_all(root: Path) -> dict[str, str]:
    """Store a map and one run of each method whose evidence differs; return their ids by name."""
    methods = ("srcm", "crl", "rewinding", "pptp", "dp_sgd")
    return {"map": store(root, PRIVACY_MAP, MAP), **{name: store(root, PRIVACY_DEFENCE, alone(name)) for name in methods}}
