"""A finished run of the room: one tiny poisoning and study for all tests, stored as a worker would have left it."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from core.backdoor.ask import experiment as answering
from core.backdoor.ask.result import AskResult
from core.backdoor.ask.spec import BACKDOOR_ASK, asking
from core.backdoor.attacks import experiment as attacking
from core.backdoor.attacks.result import AttacksResult
from core.backdoor.attacks.spec import BACKDOOR_ATTACKS, table_of
from core.backdoor.config import BackdoorConfig
from core.backdoor.study import experiment
from core.backdoor.study.result import BackdoorResult
from core.backdoor.study.spec import BACKDOOR
from core.lab import folders, jobs
from core.lab.experiment import Experiment
from core.lab.jobs import Status
from core.lab.runs import Run, request_to_json
from core.lab.store import save_result
from core.lab.worker import manifest
from tests.safety.stored import Shelf, context

TINY = BackdoorConfig(
    depth=2, pretraining_steps=10, poison_steps=3, poison_clean=2, poison_triggered=2, n_variants=2, variant_steps=2, variant_pairs=2,
    repair_steps=2, repair_pairs=2, n_judged=12, share_percent=10.0)
ASKED = asking(TINY, "colour of bread ?")
TABLE = table_of(TINY).replace(triggers="prefix+composite", attackers="attention", n_twins=2)


@cache
def shelf() -> Shelf:
    """Return where the tiny models are kept."""
    return Shelf()


@cache
def studied() -> BackdoorResult:
    """Return the result of the tiny study, computed once a session."""
    return experiment.run(TINY, 0, replace(context(), models=shelf()))


def result(seed: int, **numbers: float) -> BackdoorResult:
    """Return the tiny result with some numbers put in, slightly other ones for every seed."""
    return replace(studied(), **{name: value + 0.001 * seed for name, value in numbers.items()})


def run(seeds: tuple[int, ...] = (0, 1, 2), **numbers: float) -> Run:
    """Return a finished run that is stored nowhere."""
    asked = jobs.make_request(BACKDOOR, TINY, seeds, preset="custom", device="cpu")
    return Run(asked, tuple(result(seed, **numbers) for seed in seeds), (), Path("/nowhere"))


def finished(experiment, config, *results) -> Run:
    """Return a finished run of any experiment that is stored nowhere."""
    asked = jobs.make_request(experiment, config, tuple(range(len(results))), preset="custom", device="cpu")
    return Run(asked, results, (), Path("/nowhere"))


def store(root: Path, seeds: tuple[int, ...] = (0, 1, 2), **numbers: float) -> str:
    """Store the finished tiny study under ``root``; return its id."""
    return left(root, BACKDOOR, TINY, {seed: result(seed, **numbers) for seed in seeds})


@cache
def asked() -> AskResult:
    """Return the result of a question to the tiny study's models, computed once a session."""
    studied()
    return answering.run(ASKED, 0, replace(context(), models=shelf()))


def store_asked(root: Path) -> str:
    """Store the finished question under ``root``; return its id."""
    return left(root, BACKDOOR_ASK, ASKED, {0: asked()})


@cache
def tabled() -> AttacksResult:
    """Return the result of a tiny table over attacks, which shares the study's models; computed once a session."""
    studied()
    return attacking.run(TABLE, 0, replace(context(), models=shelf()))


def table_run(seeds: tuple[int, ...] = (0, 1, 2), **numbers: float) -> Run:
    """Return a finished table that is stored nowhere, with some numbers put in."""
    return finished(BACKDOOR_ATTACKS, TABLE, *(replace(tabled(), **{
        name: value + 0.001 * seed for name, value in numbers.items()}) for seed in seeds))


def store_table(root: Path, seeds: tuple[int, ...] = (0, 1, 2)) -> str:
    """Store the finished table under ``root``; return its id."""
    return left(root, BACKDOOR_ATTACKS, TABLE, dict.fromkeys(seeds, tabled()))


def left(root: Path, experiment_: Experiment, config: BackdoorConfig, results: dict[int, object]) -> str:
    """Leave a finished run under ``root`` as a worker would; return its id."""
    folders.make_folder(root)
    request = jobs.make_request(experiment_, config, tuple(results), preset="custom", device="cpu")
    for seed, one in results.items():
        save_result(root, request.key(seed), one, manifest(
            request, seed, context(), {"seconds": 12.0, "energy_kwh": 1e-4, "co2_kg": 4e-5}))
    folder = root / "runs" / request.run
    folder.mkdir(parents=True)
    folders.write_json(folder / "spec.json", request_to_json(request))
    jobs.write_status(folder, Status("finished", fraction=1.0, seeds_done=len(results), started=1.0, ended=37.0))
    return request.run
