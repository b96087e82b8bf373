"""The gallery: finished results of the default settings that ship with the house, so that the first look needs no run."""

import os
import shutil
from pathlib import Path

from core.lab import folders, registry
from core.lab.experiment import Experiment, Preset
from core.lab.jobs import Status, write_status
from core.lab.runs import Run, load_run, request_to_json
from core.lab.store import GALLERY, home


def precomputed(experiment: Experiment, preset: Preset) -> Run | None:
    """Return the gallery's run of a preset, or None when there is none that fits the current version and settings."""
    for folder in sorted((GALLERY / "runs").glob("*")):
        run = load_run(GALLERY, folder.name)
        if run and run.request.experiment == experiment and run.request.preset == preset.name and (
                run.request.config == preset.config and run.request.seeds == preset.gallery_seeds):
            return run
    return None


def missing() -> list[str]:
    """Return one sentence for each preset whose gallery entry is stale or absent; presets for a GPU may be absent, not stale."""
    sentences = []
    for experiment in registry.EXPERIMENTS:
        for preset in experiment.presets:
            if preset.gallery_seeds and not preset.gpu and precomputed(experiment, preset) is None:
                sentences.append(f"The gallery lacks {experiment.name} {preset.name} as it is: python -m core gallery build.")
    known = {run for experiment in registry.EXPERIMENTS for preset in experiment.presets
             if (found := precomputed(experiment, preset)) and (run := found.request.run)}
    stale = {path.name for path in (GALLERY / "runs").glob("*")} - known
    return sentences + [f"The gallery holds {run}, which no preset asks for: python -m core gallery build." for run in sorted(stale)]


def add(run: Run) -> Path:
    """Copy a finished run of this user into the gallery; return its folder there."""
    request = run.request
    folder = GALLERY / "runs" / request.run
    for seed in request.seeds:
        key = request.key(seed)
        shutil.copytree(home() / "results" / key, GALLERY / "results" / key, dirs_exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    folders.write_json(folder / "spec.json", request_to_json(request))
    write_status(folder, Status("finished", fraction=1.0, seeds_done=len(request.seeds), started=request.submitted,
                                ended=request.submitted))
    return folder


def prune() -> None:
    """Remove gallery entries that no preset asks for any more."""
    keep_runs, keep_results = set(), set()
    for experiment in registry.EXPERIMENTS:
        for preset in experiment.presets:
            if run := precomputed(experiment, preset):
                keep_runs.add(run.request.run)
                keep_results |= {run.request.key(seed) for seed in run.request.seeds}
    for kind, keep in (("runs", keep_runs), ("results", keep_results)):
        for path in (GALLERY / kind).glob("*"):
            if path.name not in keep:
                shutil.rmtree(path)


def size_bytes() -> int:
    """Return how much the gallery weighs."""
    return sum(os.path.getsize(path) for path in GALLERY.rglob("*") if path.is_file())
