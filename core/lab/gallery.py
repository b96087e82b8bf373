"""The gallery: finished results that ship with the house, so that the first look needs no run.

Each preset may have one, and an experiment may ship further runs beside those.
"""

import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from core.lab import folders, registry
from core.lab.config import Config, alike
from core.lab.errors import InputError
from core.lab.experiment import Experiment
from core.lab.jobs import Status, write_status
from core.lab.runs import Run, glance, load_run, read_request, request_to_json
from core.lab.store import GALLERY, home


@dataclass(frozen=True)
class Wanted:
    """One run that the gallery should hold; ``name`` is that of its preset, or of the further run."""

    experiment: Experiment
    name: str
    config: Config
    seeds: tuple[int, ...]
    gpu: bool = False


def wanted(experiment: Experiment) -> tuple[Wanted, ...]:
    """Return every run of an experiment that ships: those of its presets, then the further ones."""
    of_presets = (Wanted(experiment, preset.name, preset.config, preset.gallery_seeds, preset.gpu) for preset in experiment.presets)
    further = (Wanted(experiment, one.name, one.config, one.seeds) for one in experiment.shipped)
    return tuple(one for one in (*of_presets, *further) if one.seeds)


def chosen(experiment: str | None, name: str | None) -> list[Wanted]:
    """Return the runs to build: all of them, those of one experiment, or one by name.

    A preset for a GPU is built by name only: on a CPU it would take hours.

    Raises:
        InputError: If an experiment is unknown, or does not ship a run of that name.
    """
    found = []
    for one in registry.experiments() if experiment is None else (registry.find(experiment),):
        known = [preset.name for preset in one.presets] + [further.name for further in one.shipped]
        if name is not None and name not in known:
            raise InputError(f"a preset of {one.name} must be one of {', '.join(known)}, got {name!r}.")
        found += [run for run in wanted(one) if run.name == name or (name is None and not run.gpu)]
    return found


def precomputed(one: Wanted, *, whole: bool = True) -> Run | None:
    """Return the run that the gallery holds for it, or None when there is none that fits the current version and settings.

    Args:
        one: What should ship.
        whole: Whether tables and arrays are read, too, or the headline numbers alone, which verdicts need.
    """
    for folder in sorted((GALLERY / "runs").glob("*")):
        spec = folders.read_json(folder / "spec.json")
        if not isinstance(spec, dict) or (spec.get("experiment"), spec.get("preset")) != (one.experiment.name, one.name):
            continue  # before its request is checked, which takes hashing
        request = read_request(GALLERY, folder.name)
        if request and request.experiment == one.experiment and alike(request.config, one.config) and request.seeds == one.seeds and (
                run := (load_run if whole else glance)(GALLERY, folder.name)):
            return run
    return None


def missing() -> list[str]:
    """Return one sentence for each run that is stale or absent; presets for a GPU may be absent, not stale."""
    sentences, known = [], set()
    for one in _all_wanted():
        run = precomputed(one)
        if run is not None:
            known.add(run.request.run)
        elif not one.gpu:
            sentences.append(f"The gallery lacks {one.experiment.name} {one.name} as it is: python -m core gallery build.")
    stale = {path.name for path in (GALLERY / "runs").glob("*")} - known
    return sentences + [f"The gallery holds {run}, which nothing asks for: python -m core gallery build." for run in sorted(stale)]


def add(run: Run, name: str) -> Path:
    """Copy a finished run of this user into the gallery under the name of a preset or a further run; return its folder there."""
    request = run.request
    folder = GALLERY / "runs" / request.run
    for seed in request.seeds:
        key = request.key(seed)
        shutil.copytree(home() / "results" / key, GALLERY / "results" / key, dirs_exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    folders.write_json(folder / "spec.json", request_to_json(replace(request, preset=name)))
    write_status(folder, Status("finished", fraction=1.0, seeds_done=len(request.seeds), started=request.submitted,
                                ended=request.submitted))
    return folder


def prune() -> None:
    """Remove gallery entries that nothing asks for any more."""
    keep_runs, keep_results = set(), set()
    for one in _all_wanted():
        if run := precomputed(one):
            keep_runs.add(run.request.run)
            keep_results |= {run.request.key(seed) for seed in run.request.seeds}
    for kind, keep in (("runs", keep_runs), ("results", keep_results)):
        for path in (GALLERY / kind).glob("*"):
            if path.name not in keep:
                shutil.rmtree(path)


def size_bytes() -> int:
    """Return how much the gallery weighs."""
    return sum(os.path.getsize(path) for path in GALLERY.rglob("*") if path.is_file())


def _all_wanted() -> list[Wanted]:
    return [one for experiment in registry.experiments() for one in wanted(experiment)]
