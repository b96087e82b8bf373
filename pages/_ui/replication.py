"""Run with the settings of a result that ships takes the next fresh seed, and the new dot joins those of the house."""

import itertools
from dataclasses import replace

from core.lab import replication
from core.lab.config import Config, alike
from core.lab.experiment import Experiment
from core.lab.runs import Request, Run
from core.lab.store import has_result, home, lend
from pages._ui import catalogue, stored


def seeds(experiment: Experiment, config: Config, chosen: tuple[int, ...] = (), *, further: int = 1) -> tuple[int, ...]:
    """Return the seeds that Run takes: those chosen by hand, else those that ship with the house and the next fresh ones.

    Settings of which nothing ships take the seeds of their preset; seeds below those that ship are where settings were looked for.
    """
    if chosen:
        return chosen
    ships = stored.shipped(experiment, config)
    if ships is None:
        preset = next((preset for preset in experiment.presets if alike(preset.config, config)), experiment.presets[0])
        return preset.seeds
    held = sorted({*ships.seeds, *own(ships)})
    return (*held, *range(held[-1] + 1, held[-1] + 1 + further))


def own(ships: Request) -> tuple[int, ...]:
    """Return the seeds after those that ship which this user has computed under the same settings and data."""
    requests = (entry.request for entry in catalogue.entries(ships.experiment, precomputed=False))
    same = {seed for one in requests if alike(one.config, ships.config) and one.data == ships.data for seed in one.seeds}
    return tuple(sorted(seed for seed in same if seed > ships.seeds[-1] and has_result(home(), ships.key(seed))))


def joined(request: Request) -> tuple[int, ...]:
    """Return the seeds of a run that joined those that ship; none where it does not hold all of those, or is one of them."""
    ships = stored.shipped(request.experiment, request.config)
    if ships is None or ships.data != request.data or not set(ships.seeds) < set(request.seeds):
        return ()
    return tuple(seed for seed in request.seeds if seed not in ships.seeds)


def are_fresh(run: Run) -> tuple[bool, ...]:
    """Return for each seed of a run whether it joined those that ship."""
    fresh = joined(run.request)
    return tuple(seed in fresh for seed in run.request.seeds)


def prepare(request: Request) -> None:
    """Put the seeds that ship beside the user's own, so that a replication computes the new ones alone."""
    fresh = joined(request)
    for seed in request.seeds if fresh else ():
        if seed not in fresh:
            lend(home(), request.key(seed))


def summary(run: Run) -> str:
    """Return how far the seeds that joined agree with those that ship, in one sentence."""
    return replication.summary(run.verdicts, run.request.seeds, are_fresh(run))


def spent(run: Run) -> dict[str, float]:
    """Return what a run cost this user: seeds that ship were computed elsewhere."""
    fresh = are_fresh(run)
    return replace(run, manifests=tuple(itertools.compress(run.manifests, fresh))).cost() if any(fresh) else run.cost()
