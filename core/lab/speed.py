"""How fast this machine is; with ``core.lab.work`` of a room, how long a run will take here.

The calibration takes a second before the first job of a machine and is kept in ``GLASSHOUSE_HOME``. Until then this machine is taken
for the reference, and estimates are called rough.
"""

import time
from pathlib import Path

from core.lab import devices, folders, provenance
from core.lab.work import REFERENCE, Speed

MEASURE = "core.training.benchmark:measure"  # by name, for it trains networks; takes processes, returns rates of one and of all
KEPT_SECONDS = 14 * 86_400  # machines are moved, throttled and shared otherwise after a while
SANE = (1.0, 1e9)


def job_threads() -> int:
    """Return how many CPU threads or processes one job may use."""
    return max(1, devices.cpu_cores() // devices.cpu_slots())


def speed(root: Path) -> Speed:
    """Return what is known of this machine: its calibration, or the reference."""
    kept = folders.read_json(_place(root))
    try:
        one, shared, made = (float(kept[name]) for name in ("one", "all", "made"))
    except (TypeError, KeyError, ValueError):
        return REFERENCE
    fits = all(SANE[0] <= value <= SANE[1] for value in (one, shared))
    return Speed(one, shared) if fits and abs(time.time() - made) < KEPT_SECONDS else REFERENCE


def keep(root: Path, *, one: float, shared: float) -> None:
    """Keep a calibration of this machine."""
    folders.make_folder(_place(root).parent)
    folders.write_json(_place(root), {"one": one, "all": shared, "made": time.time()})


def _place(root: Path) -> Path:
    parts = (provenance.processor(), job_threads(), provenance.versions().get("torch", ""))
    return root / "speed" / f"{folders.digest_of(repr(parts))}.json"
