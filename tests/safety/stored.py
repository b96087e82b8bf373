"""A finished run of the room: one tiny training and study for all tests, and seeds and headline numbers as a test wants them."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from core.lab import folders, jobs
from core.lab.experiment import Context
from core.lab.jobs import Status
from core.lab.runs import Request, Run, request_to_json
from core.lab.store import ModelStore, save_result
from core.lab.worker import manifest
from core.safety.config import SafetyConfig
from core.safety.units import experiment
from core.safety.units.result import SafetyResult
from core.safety.units.spec import SAFETY

TINY = SafetyConfig(
    n_topics=4, n_forbidden=2, n_attributes=8, depth=2, width=16, heads=2, key_heads=1, neurons=24, pretraining_steps=20,
    alignment_steps=8, batch_refusals=4, batch_ordinary=4, n_calibration=5, n_evaluation=5, new_tokens=4, sweep="5,20", random_draws=1,
    resamples=2, attack_steps=2, longest=2, lora_rank=1, budgets="20", n_probe=4, scu_percent=5.0, ucu_percent=5.0, ru_percent=10.0)
NUMBERS = {  # what the headline numbers of a model that keeps its refusals in few units would look like, one value a seed
    "refusal_aligned": (1.0, 0.98, 0.99), "refusal_scu": (0.1, 0.12, 0.08), "refusal_random": (0.98, 0.97, 0.99),
    "refusal_drop_scu": (0.9, 0.86, 0.91), "refusal_drop_random": (0.02, 0.01, 0.0), "perplexity_ratio_scu": (1.05, 1.04, 1.06),
    "perplexity_ratio_random": (1.01, 1.02, 1.0), "freezing_gain": (0.05, -0.02, 0.01), "freezing_gain_random": (0.01, 0.0, -0.02)}


def context(root: Path | None = None) -> Context:
    """Return where the tiny study runs: one thread, nothing told, models kept under ``root`` where it is given."""
    return Context(device="cpu", threads=1, models=ModelStore(root) if root else Shelf(), begin=lambda step: None,
                   report=lambda *told, **more: None)


class Shelf:
    """Keeps models in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, object] = {}

    def get(self, identity):
        return self.kept.get(repr(sorted(identity.items())))

    def put(self, identity, arrays):
        self.kept[repr(sorted(identity.items()))] = dict(arrays)


@cache
def studied() -> SafetyResult:
    """Return the result of the tiny study, computed once a session."""
    return experiment.run(TINY, 0, context())


def result(seed: int, **numbers: tuple[float, ...]) -> SafetyResult:
    """Return the tiny result with headline numbers of one seed put in, and refusals that differ a little between seeds."""
    chosen = {name: values[seed] for name, values in {**NUMBERS, **numbers}.items()}
    made = studied()
    removal = made.removal.assign(
        prefix=made.removal["prefix"] * (1 - 0.02 * seed), perplexity=made.removal["perplexity"] * (1 + 0.01 * seed))
    return replace(made, removal=removal, **chosen)


def request(seeds: tuple[int, ...] = (0, 1, 2), preset: str = "custom") -> Request:
    """Return the request of the tiny study, or one that says it is of a preset."""
    config = TINY if preset == "custom" else SAFETY.preset(preset).config
    return jobs.make_request(SAFETY, config, seeds, preset=preset, device="cpu")


def run(seeds: tuple[int, ...] = (0, 1, 2), **numbers: tuple[float, ...]) -> Run:
    """Return a finished run that is stored nowhere."""
    return Run(request(seeds), tuple(result(seed, **numbers) for seed in seeds), (), Path("/nowhere"))


def leave(root: Path, asked: Request, status: Status) -> str:
    """Leave a run's folder in the given state; return its id."""
    folder = root / "runs" / asked.run
    folder.mkdir(parents=True)
    folders.write_json(folder / "spec.json", request_to_json(asked))
    jobs.write_status(folder, status)
    return asked.run


def store(root: Path, seeds: tuple[int, ...] = (0, 1, 2), preset: str = "custom") -> str:
    """Store the finished tiny study under ``root``, as a worker would have left it, or as if a preset had made it; return its id."""
    folders.make_folder(root)
    asked = request(seeds, preset)
    for seed in seeds:
        save_result(root, asked.key(seed), result(seed), manifest(
            asked, seed, context(root), {"seconds": 12.0, "energy_kwh": 1e-4, "co2_kg": 4e-5}))
    return leave(root, asked, Status("finished", fraction=1.0, seeds_done=len(seeds), started=1.0, ended=37.0))
