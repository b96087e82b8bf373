"""All runs at hand, as light entries: what was asked, how it stands, and the headline numbers, without reading any table."""

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.lab import folders, jobs
from core.lab.config import effective, fields_of
from core.lab.estimate import Estimate, over_seeds
from core.lab.experiment import Experiment
from core.lab.runs import Request, read_request, run_ids
from core.lab.store import GALLERY, home
from pages._ui.settings import in_words

MOST_ENTRIES = 200


@lru_cache(maxsize=1024)
def _manifest(place: Path, _changed: int) -> Any:
    return folders.read_json(place)


@dataclass(frozen=True)
class Entry:
    """One run in a list; ``status`` is None for a precomputed one."""

    root: Path
    request: Request
    status: jobs.Status | None

    @property
    def is_precomputed(self) -> bool:
        """Whether it ships with the house."""
        return self.root == GALLERY

    @property
    def state(self) -> str:
        """Return the state's name."""
        return "finished" if self.status is None else self.status.state

    def manifests(self) -> list[dict[str, Any]]:
        """Return the manifests of the seeds that are stored, unchecked: enough for a list, never for a figure of its tables."""
        places = (self.root / "results" / self.request.key(seed) / folders.MANIFEST for seed in self.request.seeds)
        read = [_manifest(place, place.stat().st_mtime_ns) for place in places if place.is_file()]
        return [manifest for manifest in read if isinstance(manifest, dict) and "metrics" in manifest]

    def estimate(self, metric: str) -> Estimate:
        """Return a headline number over the seeds that are stored."""
        values = [manifest["metrics"].get(metric) for manifest in self.manifests()]
        return over_seeds([math.nan if value is None else float(value) for value in values])

    def cost(self, name: str) -> float:
        """Return seconds or energy of all stored seeds; NaN where it was not measured."""
        return sum(math.nan if (cost := manifest["cost"].get(name)) is None else cost for manifest in self.manifests())


def entries(experiment: Experiment | None = None, *, precomputed: bool = True) -> list[Entry]:
    """Return runs at hand, latest first, then those of the house; at most 200 of the user's."""
    found = []
    for run in run_ids(home())[:MOST_ENTRIES]:
        request, status = read_request(home(), run), jobs.status(run)
        if request is not None and status is not None and (experiment is None or request.experiment.name == experiment.name):
            found.append(Entry(home(), request, status))
    for run in run_ids(GALLERY) if precomputed else ():
        request = read_request(GALLERY, run)
        if request is not None and (experiment is None or request.experiment.name == experiment.name):
            found.append(Entry(GALLERY, request, None))
    return found


def differences(requests: list[Request]) -> dict[str, list[str]]:
    """Return the settings in which requests of one experiment differ: label to one value a request, in words."""
    rows = {}
    counted, idle = [effective(request.config) for request in requests], [request.config.idle() for request in requests]
    for field in fields_of(requests[0].experiment.config):
        values = [one[field.name] for one in counted]
        if len(set(values)) > 1:
            rows[field.knob.label] = ["does nothing" if field.name in names else in_words(field, value)
                                      for value, names in zip(values, idle, strict=True)]
    return rows


def told_apart(request: Request, most: int = 3) -> str:
    """Return what sets a request apart from its experiment's first preset, in a few words, or in all."""
    usual = request.experiment.presets[0].config
    mine, theirs = effective(request.config), effective(usual)
    changed = [f"{field.knob.label} {in_words(field, mine[field.name])}" for field in fields_of(type(usual))
               if mine[field.name] != theirs[field.name]]
    return ", ".join(changed[:most]) + (f" and {len(changed) - most} more" if len(changed) > most else "") if changed else request.preset
