"""One line of JSON for each run that ended, in ``GLASSHOUSE_HOME/diary.ndjson``: for whoever runs a server.

It holds no setting, no data and no prompt, and of a visitor nothing but the owner's name, which is a hash.
"""

import contextlib
import json
import math
import os
import statistics
import time
from collections import Counter
from pathlib import Path
from typing import Any

from core.lab import access, folders
from core.lab.runs import Request

FILE = "diary.ndjson"
MOST_BYTES = 16 << 20
TAIL_BYTES = 1 << 20
HOUR = 3600.0
LONG_ENOUGH = 5.0  # seconds of a run below which starting is most of what it draws


def write(root: Path, request: Request, state: str, *, started: float | None, ended: float | None) -> None:
    """Append the line of a run; one that cannot be written costs nothing but itself."""
    now = time.time() if ended is None else ended
    waited, took = (started or now) - request.submitted, now - started if started else 0.0
    line = {"time": round(now, 3), "run": request.run, "experiment": request.experiment.name, "version": request.experiment.version,
            "preset": request.preset, "seeds": len(request.seeds), "device": request.device, "state": state,
            "waited_seconds": round(max(0.0, waited), 3), "seconds": round(max(0.0, took), 3), "energy_kwh": _energy(root, request),
            "owner": access.visitor() or access.HOUSE}
    place = root / FILE
    with contextlib.suppress(OSError):
        if place.exists() and place.stat().st_size > MOST_BYTES:
            place.replace(root / f"{FILE}.1")
        handle = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, (json.dumps(line) + "\n").encode())  # one write: lines of two workers never mix
        finally:
            os.close(handle)


def _energy(root: Path, request: Request) -> float | None:
    """Return what the stored seeds of a run drew, or None where it was not measured."""
    total = 0.0
    for seed in request.seeds:
        manifest = folders.read_json(root / "results" / request.key(seed) / folders.MANIFEST)
        cost = manifest.get("cost") if isinstance(manifest, dict) else None
        used = cost.get("energy_kwh") if isinstance(cost, dict) else None
        total += used if isinstance(used, int | float) else math.nan
    return round(total, 6) if math.isfinite(total) else None


def last_hour(root: Path) -> dict[str, int]:
    """Return how many runs ended within the last hour, by state."""
    return dict(Counter(str(told["state"]) for told in _lines(root) if time.time() - HOUR <= told["time"]))


def watts(root: Path) -> float | None:
    """Return the power that finished runs of this house drew, the median over the last of them; None where none was measured."""
    drawn = [3.6e6 * told["energy_kwh"] / told["seconds"] for told in _lines(root)
             if told["state"] == "finished" and told.get("energy_kwh") and told.get("seconds", 0) > LONG_ENOUGH]
    return statistics.median(drawn) if drawn else None


def _lines(root: Path) -> list[dict[str, Any]]:
    """Return the last lines that are whole."""
    try:
        with (root / FILE).open("rb") as file:
            file.seek(max(0, (root / FILE).stat().st_size - TAIL_BYTES))
            lines = file.read().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        with contextlib.suppress(ValueError):
            told = json.loads(line)
            if isinstance(told, dict) and isinstance(told.get("time"), int | float) and "state" in told:
                found.append(told)
    return found
