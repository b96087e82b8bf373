"""Finished runs as pages read them: loaded once, kept while unchanged on disk, never shown when damaged."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import streamlit as st

from core.lab import folders, runs
from core.lab.config import Config, alike
from core.lab.experiment import Experiment
from core.lab.runs import Request, Run, glance, load_run, read_request, run_ids
from core.lab.store import GALLERY


def stamp(root: Path, request: Request) -> str:
    """Return a hash of name, size and time of every file behind a run: it changes when one is damaged, removed or written again."""
    found: list[tuple[str, int, int]] = []
    for seed in request.seeds:
        folder = root / "results" / request.key(seed)
        try:
            found += [(f"{folder.name}/{path.name}", path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.iterdir())]
        except OSError:
            found.append((folder.name, -1, -1))
    return folders.digest_of(repr(found))


@st.cache_resource(max_entries=64, show_spinner=False)
def _load_shipped(root: str, run: str, stamped: str) -> Run | None:
    """All that ship are kept: they are few, take 24 MB together, and every visitor looks at them."""
    return load_run(Path(root), run)


@st.cache_resource(max_entries=6, show_spinner=False)
def _load(root: str, run: str, stamped: str) -> Run | None:
    return load_run(Path(root), run)


def load(root: Path, run: str) -> Run | None:
    """Return a finished run, or None when it is missing, damaged or of an older version."""
    request = read_request(root, run)
    if request is None:
        return None
    for seed in request.seeds if root != GALLERY else ():
        folders.use(root / "results" / request.key(seed))  # what a page shows is not cleared
    return (_load_shipped if root == GALLERY else _load)(str(root), run, stamp(root, request))


@st.cache_resource(max_entries=2, show_spinner=False)
def _load_part(root: str, run: str, seeds: tuple[int, ...], stamped: str) -> Run | None:
    return runs.load_part(Path(root), run, seeds)


def load_part(root: Path, request: Request) -> Run | None:
    """Return the seeds of a run under way that are stored so far, or None where there is none."""
    seeds = tuple(seed for seed in request.seeds if (root / "results" / request.key(seed)).is_dir())
    return _load_part(str(root), request.run, seeds, stamp(root, replace(request, seeds=seeds)))


@st.cache_resource(max_entries=256, show_spinner=False)
def _glance(root: str, run: str, stamped: str) -> Run | None:
    return glance(Path(root), run)


@lru_cache(maxsize=2)  # Streamlit's cache would hash the stamps of all specs at every call
def _held(root: str, stamped: tuple[tuple[str, int], ...]) -> tuple[Request, ...]:
    return tuple(request for name in run_ids(Path(root)) if (request := read_request(Path(root), name)))


def requests(experiment: Experiment) -> dict[str, Request]:
    """Return what the gallery holds of an experiment's presets, by name, the one that is shown first in front.

    The data is not looked at: that may take a download, and whether the gallery is stale is for the tests to say.
    """
    held, found = _all_held(), {}
    for preset in sorted(experiment.presets, key=lambda preset: preset.name != experiment.shown):
        for request in held:
            if request.experiment.name == experiment.name and alike(request.config, preset.config):
                found.setdefault(preset.name, request)
    return found


def _all_held() -> tuple[Request, ...]:
    specs = sorted((GALLERY / "runs").glob("*/spec.json"))
    return _held(str(GALLERY), tuple((str(path), path.stat().st_mtime_ns) for path in specs))


def shipped(experiment: Experiment, config: Config) -> Request | None:
    """Return the request of the gallery's run of these settings, whether a preset's or a further one, or None."""
    return next((one for one in _all_held() if one.experiment.name == experiment.name and alike(one.config, config)), None)


def precomputed(experiment: Experiment) -> Run | None:
    """Return the gallery's run that a visitor sees first, or None."""
    return next((run for request in requests(experiment).values() if (run := load(GALLERY, request.run))), None)


def precomputed_numbers(experiment: Experiment) -> Run | None:
    """Return the same run with its headline numbers alone, which is what a card needs, or None."""
    return next((run for request in requests(experiment).values()
                 if (run := _glance(str(GALLERY), request.run, stamp(GALLERY, request)))), None)
