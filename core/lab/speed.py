"""How long work takes on this machine: rooms say how much there is, in seconds of one reference machine; a calibration says the rest.

The calibration takes a second before the first job of a machine and is kept in ``GLASSHOUSE_HOME``. Until then this machine is taken
for the reference, and estimates are called rough.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.lab import devices, folders, provenance

if TYPE_CHECKING:
    from core.lab.config import Config
    from core.lab.experiment import Experiment

MEASURE = "core.training.benchmark:measure"  # by name, for it trains networks
KEPT_SECONDS = 14 * 86_400  # machines are moved, throttled and shared otherwise after a while
SANE = (1.0, 1e9)


@dataclass(frozen=True)
class Speed:
    """Training images a second of the small network that the calibration trains.

    Attributes:
        one: On one core, the others idle.
        all: On all cores that a job has, one network each.
        is_measured: Whether this machine was asked, or is taken for the reference.
    """

    one: float
    all: float
    is_measured: bool = True


REFERENCE = Speed(one=4250.0, all=8500.0, is_measured=False)  # two cores of an AMD EPYC with bfloat16 instructions


@dataclass(frozen=True)
class Work:
    """What a seed amounts to, in seconds of the reference machine.

    Attributes:
        alone: Of steps that more cores make no faster.
        shared: Of steps that keep every core busy, such as networks trained side by side.
    """

    alone: float
    shared: float

    def seconds(self, speed: Speed = REFERENCE) -> float:
        """Return how long it takes at a speed."""
        return self.alone * REFERENCE.one / speed.one + self.shared * REFERENCE.all / speed.all


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


def calibrate(root: Path) -> Speed:
    """Return the calibration of this machine, made and kept now where there is none. Call it where nothing else computes."""
    known = speed(root)
    if known.is_measured:
        return known
    from core.lab.experiment import load_object  # here: experiment imports this module
    one, shared = load_object(MEASURE)(job_threads())
    folders.make_folder(_place(root).parent)
    folders.write_json(_place(root), {"one": one, "all": shared, "made": time.time()})
    return speed(root)


def _place(root: Path) -> Path:
    parts = (provenance.processor(), job_threads(), provenance.versions().get("torch", ""))
    return root / "speed" / f"{folders.digest_of(repr(parts))}.json"


def expected(experiment: "Experiment", config: "Config", root: Path, *, on_gpu: bool = False) -> float:
    """Return the rough time of one seed here; on a GPU what the preset of these settings took where it was measured."""
    for preset in experiment.presets:
        if on_gpu and preset.gpu and preset.config == config:
            return preset.seconds
    return experiment.work(config).seconds(speed(root))
