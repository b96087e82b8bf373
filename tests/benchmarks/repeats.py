"""Equal repeats: ``python -m tests.benchmarks.repeats [ROOM ...]``. One run, bit for bit the same however the machine is shared.

Each room's tiny run is computed in a fresh house with one slot (all cores train it), with two slots (one core each), with two slots of
which another run holds the other, and with one slot while twice as many processes as cores do nothing but count. Every number of every
table and array is compared, nothing is left out.
"""

import hashlib
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from core.lab import devices, jobs, registry, speed
from core.lab.experiment import result_fields
from core.lab.runs import load_run
from core.lab.store import home

ROOMS = {
    "privacy": {"n_reference_models": 4, "n_pool": 200, "n_population": 100, "width": 4, "epochs": 2, "batch_size": 25},
    "layernorm": {"noise_share": 0.2, "n_train": 40, "n_test": 30, "width": 8, "heads": 2, "pretraining_samples": 1000, "epochs": 2,
                  "evaluations": 2, "batch_size": 8},
    "spurious_retrain": {}}
WAYS = {"one slot": (1, False, 0), "two slots": (2, False, 0), "two slots, both taken": (2, True, 0), "one slot, under load": (1, False, 2)}
PATIENCE = 1800.0


def digest(result: object) -> str:
    """Return the hash of every number of a result."""
    found = hashlib.blake2b(digest_size=16)
    for name in result_fields(type(result)):
        value = getattr(result, name)
        found.update(name.encode())
        if isinstance(value, pd.DataFrame):
            found.update(value.to_csv(float_format="%.17g").encode())
        else:
            found.update(np.ascontiguousarray(value).tobytes())
    return found.hexdigest()


def _count() -> None:
    while True:
        sum(range(10**6))


@contextmanager
def load(n_processes: int) -> Iterator[None]:
    """Keep so many processes busy inside."""
    busy = [multiprocessing.get_context("spawn").Process(target=_count, daemon=True) for _ in range(n_processes)]
    for one in busy:
        one.start()
    try:
        yield
    finally:
        for one in busy:
            one.kill()
            one.join()


def computed(name: str, slots: int, *, beside: bool, times_cores: int) -> tuple[str, float]:
    """Return the hash of a room's tiny run, computed in a house of its own, and how long it took."""
    experiment = registry.find(name)
    config = experiment.presets[0].config.replace(**ROOMS[name])
    with tempfile.TemporaryDirectory() as place, load(times_cores * devices.cpu_cores()):
        os.environ |= {"GLASSHOUSE_HOME": place, "GLASSHOUSE_CPU_SLOTS": str(slots), "GLASSHOUSE_ENERGY": "off"}
        speed.keep(Path(place), one=1e6, shared=1e6)
        began = time.monotonic()
        seeds = ((7,), (8,)) if beside else ((7,),)
        runs = [jobs.submit(jobs.make_request(experiment, config, each, device="cpu")) for each in seeds]
        while any((status := jobs.status(run)) is None or status.is_alive for run in runs):
            if time.monotonic() - began > PATIENCE:
                raise RuntimeError(f"{name} took too long")
            time.sleep(0.5)
        found = load_run(home(), runs[0])
        if found is None:
            raise RuntimeError(f"{name}: {jobs.status(runs[0]).message}")
        return digest(found.results[0]), time.monotonic() - began


def main(names: list[str]) -> int:
    """Compare; print; return the exit status."""
    unequal = 0
    for name in names:
        found = {way: computed(name, slots, beside=beside, times_cores=times) for way, (slots, beside, times) in WAYS.items()}
        hashes = {one for one, _ in found.values()}
        unequal += len(hashes) > 1
        print(f"{name:18} {'equal' if len(hashes) == 1 else 'NOT EQUAL'}: "
              + ", ".join(f"{way} {one[:8]} ({seconds:.0f} s)" for way, (one, seconds) in found.items()), flush=True)
    return 1 if unequal else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(ROOMS)))
