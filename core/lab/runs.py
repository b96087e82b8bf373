"""What was asked for, and what came back: the read side of the lab.

A run is one experiment, one config and several seeds. Its folder ``runs/ID`` holds the request, the status, the live events and
the log; the numbers stand in ``results``, one folder a seed, shared between runs.
"""

import math
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from core.lab import cluster, devices, folders, owners, registry
from core.lab.claims import Verdict, judge
from core.lab.config import Config, from_dict, to_dict
from core.lab.errors import GlasshouseError, InputError
from core.lab.estimate import Estimate, over_seeds, ratio_over_seeds
from core.lab.experiment import Experiment, load_object, metrics_of, result_fields
from core.lab.store import GALLERY, home, load_numbers, load_result, result_key, run_key

LATEST_TIME = 4_102_444_800  # the year 2100: what is later stands in a damaged file, and no calendar function shows it


@dataclass(frozen=True)
class Request:
    """One request: what determines a run's numbers, plus the preset it was made from and the device asked for."""

    experiment: Experiment
    config: Config
    seeds: tuple[int, ...]
    data: str
    preset: str
    device: str
    submitted: float

    @cached_property
    def run(self) -> str:
        """The run's id: 16 hexadecimal digits."""
        return run_key(self.experiment, self.config, self.seeds, self.data)

    def key(self, seed: int) -> str:
        """Return the result key of one seed."""
        if seed not in self._keys:  # pages ask for the same ones at every visit
            self._keys[seed] = result_key(self.experiment, self.config, seed, self.data)
        return self._keys[seed]

    @cached_property
    def _keys(self) -> dict[int, str]:
        return {}


@dataclass(frozen=True, eq=False)
class Run:
    """A finished run: one typed result and one manifest per seed.

    ``root`` tells whose it is: ``GLASSHOUSE_HOME``, or the gallery that ships with the house. ``part_of`` is the id of the run under
    way of which these seeds are what is there so far; empty for a finished one.
    """

    request: Request
    results: tuple[Any, ...]
    manifests: tuple[dict[str, Any], ...]
    root: Path
    part_of: str = ""

    @property
    def is_precomputed(self) -> bool:
        """Whether the run ships with the house."""
        return self.root == GALLERY

    def estimate(self, metric: str) -> Estimate:
        """Return a headline number with its interval over the seeds."""
        experiment = self.request.experiment
        what, values = metrics_of(experiment.result)[metric], [getattr(result, metric) for result in self.results]
        if what.is_ratio:
            return ratio_over_seeds(values, what.bounds)
        steps = [claim.resolution for claim in experiment.claims if metric in (claim.effect, claim.control) and not claim.ratio]
        found = over_seeds(values, what.bounds, resolution=max(steps, default=0.0))
        return replace(found, low=None, high=None) if what.unit == "%" and found.low == found.high else found  # agreed, and how fine?

    def estimates(self) -> dict[str, Estimate]:
        """Return every headline number, in declared order."""
        return {name: self.estimate(name) for name in metrics_of(self.request.experiment.result)}

    def table(self, name: str) -> pd.DataFrame:
        """Return one table over all seeds, with a first column ``seed``."""
        parts = [getattr(result, name).assign(seed=seed) for seed, result in zip(self.request.seeds, self.results, strict=True)]
        whole = pd.concat(parts, ignore_index=True)
        return whole[["seed", *(column for column in whole.columns if column != "seed")]]

    def public_table(self, name: str) -> pd.DataFrame:
        """Return one table over all seeds as exports hold it unless they are asked for the rest."""
        public = result_fields(self.request.experiment.result)[name].public
        return self.table(name) if public is None else public(self.table(name))

    @property
    def holds_back(self) -> bool:
        """Whether exports of this run leave something out unless they are asked for it."""
        fields = result_fields(self.request.experiment.result)
        return any(fields[name].public is not None for name in self.tables())

    def tables(self) -> tuple[str, ...]:
        """Return the names of the tables."""
        fields = result_fields(self.request.experiment.result)
        return tuple(name for name in fields if isinstance(getattr(self.results[0], name), pd.DataFrame))

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdict on every claim, in declared order."""
        claims = self.request.experiment.claims
        names = {name for claim in claims for name in claim.metrics}
        found = judge(claims, {name: [getattr(result, name) for result in self.results] for name in names})
        return tuple(replace(one, effect=self.estimate(one.claim.effect),
                             control=self.estimate(one.claim.control) if one.claim.control else one.control) for one in found)

    def figure(self, name: str, options: Mapping[str, str] | None = None) -> Any:
        """Return one of the room's figures in light colours, as plotly draws it in a notebook; None where the run holds nothing to draw.

        Args:
            name: The figure's id.
            options: View options that the figure knows, such as ``{"attack": "rmia"}``.

        Raises:
            InputError: If the room has no figure of that name.
        """
        from core.lab.figure import LIGHT  # plotly: only for who draws
        figures = {figure.id: figure for figure in load_object(self.request.experiment.figures)}
        if name not in figures:
            raise InputError(f"a figure of {self.request.experiment.name} must be one of {', '.join(figures)}, got {name!r}.")
        return figures[name].draw(self, LIGHT, **(options or {}))

    def cost(self) -> dict[str, float]:
        """Return what computing all seeds took: seconds, energy_kwh, co2_kg; NaN where it was not measured."""
        costs = [manifest["cost"] for manifest in self.manifests]
        return {name: sum(math.nan if cost[name] is None else cost[name] for cost in costs)
                for name in ("seconds", "energy_kwh", "co2_kg")}


def request_to_json(request: Request) -> dict[str, Any]:
    """Return what ``spec.json`` holds."""
    return {"run": request.run, "experiment": request.experiment.name, "version": request.experiment.version,
            "config": to_dict(request.config), "seeds": list(request.seeds), "data": request.data, "preset": request.preset,
            "device": request.device, "submitted": request.submitted}


def is_time(value: object) -> bool:
    """Return whether a value read from a file is a Unix time that a calendar can show."""
    return isinstance(value, int | float) and 0 <= value < LATEST_TIME


def read_request(root: Path, run: str) -> Request | None:
    """Return the request of a run, or None when it is missing, damaged, or of an older version of the experiment."""
    seen = _seen(f"{root}/runs/{run}/spec.json")
    return None if seen is None else _request(run, id(registry.SPECS), *seen)


def _seen(spec: str) -> tuple[str, int, int, int] | None:
    """Return what changes whenever a file is written anew: a page that lists a thousand runs reads each of them once."""
    try:
        found = os.stat(spec)
    except (OSError, ValueError):
        return None
    return spec, found.st_ino, found.st_size, found.st_mtime_ns


@lru_cache(maxsize=4096)
def _request(run: str, _specs: int, place: str, *_seen: int) -> Request | None:
    spec = folders.read_json(Path(place))
    try:
        experiment = registry.find(spec["experiment"])
        request = Request(experiment, from_dict(experiment.config, spec["config"]), tuple(spec["seeds"]), spec["data"],
                          str(spec["preset"]), spec["device"], float(spec["submitted"]))
        sound = (spec["version"] == experiment.version and request.run == run and request.device in devices.DEVICES
                 and is_time(request.submitted))
        return request if sound else None
    except (GlasshouseError, TypeError, KeyError, ValueError, OverflowError):
        return None


@lru_cache(maxsize=16_384)
def _submitted(place: str, *_seen: int) -> float | None:
    spec = folders.read_json(Path(place))
    return spec["submitted"] if isinstance(spec, dict) and is_time(spec.get("submitted")) else None


def check_run_id(text: str) -> str:
    """Return ``text`` when it looks like a run id or at least its first eight digits.

    Raises:
        InputError: If it does not.
    """
    if not re.fullmatch(r"[0-9a-f]{8,16}", text, re.ASCII):
        raise InputError(f"a run id must be 8 to 16 hexadecimal digits, got {text[:80]!r}: the Runs page shows them.")
    return text


def locate(text: str) -> tuple[Path, str]:
    """Return the root and full id of the run that ``text`` names, looking first among the user's runs, then in the gallery.

    Raises:
        InputError: If the id is malformed, unknown, or fits several runs.
    """
    start = check_run_id(text)
    for root in (home(), GALLERY):
        found = sorted(path.name for path in (root / "runs").glob(f"{start}*") if path.is_dir() and is_visible(root, path.name))
        if len(found) > 1:
            raise InputError(f"a run id must name one run, got {text!r}, which fits {len(found)}: write more digits.")
        if found:
            return root, found[0]
    raise InputError(f"a run id must name a stored run, got {text!r}: the Runs page lists them.")


def is_visible(root: Path, run: str) -> bool:
    """Return whether whoever asks may see a run: those that ship always, others unless they are another visitor's."""
    return root == GALLERY or owners.may_see(root / "runs" / run)


def load_run(root: Path, run: str) -> Run | None:
    """Return a finished run, or None when a seed is missing or was damaged (and is now in quarantine)."""
    request = read_request(root, run)
    return None if request is None else _load(root, request)


def load_part(root: Path, run: str, seeds: tuple[int, ...]) -> Run | None:
    """Return what a run under way has so far, its ``seeds`` that are stored, or None."""
    request = read_request(root, run)
    return None if request is None or not seeds else _load(root, replace(request, seeds=seeds), run)


def _load(root: Path, request: Request, part_of: str = "") -> Run | None:
    loaded = [load_result(root, request.key(seed), request.experiment.result) for seed in request.seeds]
    if any(entry is None for entry in loaded):
        return None
    return Run(request, tuple(result for result, _ in loaded), tuple(manifest for _, manifest in loaded), root, part_of)


def glance(root: Path, run: str) -> Run | None:
    """Return a finished run with its headline numbers alone, or None; estimates, verdicts and cost are those of ``load_run``."""
    request = read_request(root, run)
    if request is None:
        return None
    read = [load_numbers(root, request.key(seed), request.experiment.result) for seed in request.seeds]
    if any(entry is None for entry in read):
        return None
    return Run(request, tuple(numbers for numbers, _ in read), tuple(manifest for _, manifest in read), root)


def run_ids(root: Path) -> list[str]:
    """Return the ids of all runs under a root that whoever asks may see, latest first."""
    return [run for run in all_ids(root) if is_visible(root, run)]


def all_ids(root: Path) -> list[str]:
    """Return the ids of all runs under a root, latest first, whoever asks."""
    try:
        names = os.listdir(root / "runs")
    except OSError:
        return []
    seen = ((name, _seen(f"{root}/runs/{name}/spec.json")) for name in names)  # a path object for each would take longer than the look
    stamped = [(when, name) for name, what in seen if what is not None and (when := _submitted(*what)) is not None]
    return [run for _, run in sorted(stamped, reverse=True)]


def delete_run(run: str) -> None:
    """Remove a run of this user, and those of its results that no other run needs.

    Raises:
        InputError: If the run is unknown, ships with the house, or is still alive.
    """
    root, run = locate(run)
    if root == GALLERY:
        raise InputError(f"only your own runs can be deleted, got {run}, which ships with the house.")
    folder = root / "runs" / run
    with folders.lock(folders.make_folder(root / "locks") / f"run-{run}.lock"):  # nobody submits it meanwhile
        if folders.is_locked(folder / "worker.lock") or cluster.holds(folder):
            raise InputError(f"a run must have ended before it is deleted, got {run}, which is still alive: cancel it first.")
        if owners.withdraw(folder):  # others asked for it, too: it is theirs
            return
        request = read_request(root, run)
        others = {other.key(seed) for name in all_ids(root) if name != run and (other := read_request(root, name))
                  for seed in other.seeds}
        shutil.rmtree(folder)
    for key in {request.key(seed) for seed in request.seeds} - others if request else ():
        shutil.rmtree(root / "results" / key, ignore_errors=True)
