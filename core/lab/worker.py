"""The process that computes a run: ``python -m core.lab.worker RUN_FOLDER``.

It waits for a slot, computes seed after seed, and stores each one as soon as it is whole. Whatever kills it leaves stored seeds
and models intact and a free lock behind.
"""

import argparse
import contextlib
import fcntl
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: spinning threads ruin a shared machine

from core.lab import cluster, devices, diary, energy, folders, jobs, keeping, provenance, queue, speed
from core.lab.config import to_dict
from core.lab.errors import GlasshouseError, InputError, RunFailed
from core.lab.experiment import Context, load_object
from core.lab.runs import Request, load_run, read_request
from core.lab.store import ModelStore, has_result, home, save_result
from core.lab.summary import table_paths

REPORT_SECONDS = 0.25
LOOK_SECONDS, LOOK_SLOWER = 0.2, 3  # between two looks for a free slot; with others ahead there is nothing to miss
LOG_BYTES, LOG_KEPT_BYTES = 8 << 20, 64 << 10


class Progress:
    """Writes a run's status and events, a few times a second at most."""

    def __init__(self, folder: Path, request: Request) -> None:
        self.folder, self.request = folder, request
        self.status = jobs.QUEUED
        self._weights = [step.weight for step in request.experiment.steps]
        self._written = 0.0

    def update(self, **changes: Any) -> None:
        """Change the status and write it at once."""
        self.status = replace(self.status, **changes)
        jobs.write_status(self.folder, self.status)
        self._written = time.monotonic()
        shorten_log(self.folder / "log.txt")

    def event(self, kind: str, **values: Any) -> None:
        """Append one event; a line is written in one piece. A full disk costs the live curve, not the run."""
        line = json.dumps({"time": round(time.time(), 3), "kind": kind, **values}) + "\n"
        with contextlib.suppress(OSError), (self.folder / "events.ndjson").open("a", encoding="utf-8") as file:
            file.write(line)

    def begin(self, step: int) -> None:
        """Enter a step of the current seed."""
        title = self.request.experiment.steps[step].title
        self.event("step", step=step, title=title, seed=self._seed())
        self.update(step=step, activity=title, fraction=self._overall(step, 0.0))

    def report(self, fraction: float, activity: str = "", curve: dict[str, Any] | None = None) -> None:
        """Record the fraction of the current step, what is going on, and a point of the live curve."""
        if curve is not None:
            self.event("curve", seed=self._seed(), **curve)
        self.status = replace(self.status, activity=activity or self.status.activity,
                              fraction=self._overall(self.status.step, fraction))
        if time.monotonic() - self._written >= REPORT_SECONDS:
            self.update()

    def _seed(self) -> int:
        return self.request.seeds[min(self.status.seeds_done, len(self.request.seeds) - 1)]

    def _overall(self, step: int, fraction: float) -> float:
        within = (sum(self._weights[:step]) + self._weights[step] * min(1.0, max(0.0, fraction))) / sum(self._weights)
        return (self.status.seeds_done + within) / len(self.request.seeds)


def shorten_log(log: Path) -> None:
    """Keep the end of a log that a chatty library made too long; it is written to by appending, so the writer goes on behind it."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > LOG_BYTES:
            with log.open("r+b") as file:
                file.seek(-LOG_KEPT_BYTES, os.SEEK_END)
                end = file.read(LOG_KEPT_BYTES)
                file.seek(0)
                file.write(b"[earlier lines were dropped: the log had grown too long]\n" + end)
                file.truncate()


@contextlib.contextmanager
def slot(root: Path, request: Request, device: str) -> Iterator[None]:
    """Wait for a processor: one lock per CPU slot and one per GPU, first come first served; a killed holder frees it."""
    folder = folders.make_folder(root / "slots")
    names = [f"cuda-{i}" for i in range(devices.cuda_devices())] if device == "cuda" else [
        f"cpu-{i}" for i in range(devices.cpu_slots())]
    if cluster.has(root / "runs" / request.run):  # it has given us our processors already
        yield
        return
    while True:
        waiting = _is_another_waiting(root, request, device)
        if not waiting:
            for index, name in enumerate(names):
                with folders.lock(folder / f"{name}.lock", wait=False) as free:
                    if free:
                        if device == "cuda":  # by torch: the driver was asked already, so CUDA_VISIBLE_DEVICES comes too late
                            import torch
                            torch.cuda.set_device(index)
                        yield
                        return
        time.sleep(LOOK_SECONDS * (LOOK_SLOWER if waiting else 1))


def _is_another_waiting(root: Path, request: Request, device: str) -> bool:
    """Return whether a run that asked earlier still waits for the same kind of processor; the nearest one settles it as a rule."""
    for run in reversed(queue.ahead(root, request.run)):
        status, other = jobs.written_status(root / "runs" / run), read_request(root, run)
        if status is None or status.state != "queued" or other is None:
            continue
        with contextlib.suppress(InputError):  # that run's own trouble
            if devices.choose(other.device) == device:
                return True
    return False


def compute(root: Path, request: Request, device: str, progress: Progress) -> None:
    """Compute and store every seed of a run that is not stored yet."""
    threads = speed.job_threads()
    context = Context(device=device, threads=threads, models=ModelStore(root), begin=progress.begin, report=progress.report)
    with energy.metered() as meter:
        spent = meter.read()
        for done, seed in enumerate(request.seeds):
            progress.update(seeds_done=done, fraction=done / len(request.seeds))
            key = request.key(seed)
            if has_result(root, key):
                continue
            with folders.lock(root / "locks" / f"result-{key}.lock"):  # a second run that needs this seed waits and reads it
                if has_result(root, key):
                    continue
                began = time.monotonic()
                result = load_object(request.experiment.run)(request.config, seed, context)
                now = meter.read()
                cost = {"seconds": round(time.monotonic() - began, 3), "energy_kwh": _finite(now.energy_kwh - spent.energy_kwh),
                        "co2_kg": _finite(now.co2_kg - spent.co2_kg)}
                spent = now
                save_result(root, key, result, manifest(request, seed, context, cost))
        progress.update(seeds_done=len(request.seeds), fraction=1.0, activity="Storing the tables")


def _finite(value: float) -> float | None:
    return value if value == value else None


def manifest(request: Request, seed: int, context: Context, cost: dict[str, float | None]) -> dict[str, Any]:
    """Return what is kept beside a seed's numbers: everything needed to compute them again, and what it cost."""
    return {
        "experiment": request.experiment.name, "version": request.experiment.version, "preset": request.preset,
        "config": to_dict(request.config), "seed": seed, "data": request.data, "commit": provenance.commit(),
        "versions": provenance.versions(), "device": _device_name(context.device), "threads": context.threads, "cost": cost,
        "grid": energy.country(), "energy_scope": energy.SCOPE, "created": datetime.now(UTC).isoformat(timespec="seconds")}


def _device_name(device: str) -> str:
    if device == "cpu":
        return f"CPU, {provenance.processor()}"
    import torch
    return f"GPU, {torch.cuda.get_device_name()}"


def _calibrate(root: Path, device: str, progress: Progress) -> None:
    """Learn how fast this machine is before its first job, so that the page's estimates hold; a run never fails of it."""
    if device == "cpu" and not speed.speed(root).is_measured:
        progress.update(activity="Measuring this machine")
        with contextlib.suppress(GlasshouseError, OSError):
            one, shared = load_object(speed.MEASURE)(speed.job_threads())
            speed.keep(root, one=one, shared=shared)


def write_tables(root: Path, request: Request) -> None:
    """Write each table over all seeds into the run's folder, for scripts, without what exports leave out."""
    run = load_run(root, request.run)
    if run is None:
        raise RunFailed("A stored seed cannot be read and was set aside: run again, and only that seed is computed.")
    table_paths(run)


def work(folder: Path) -> int:
    """Compute the run in ``folder``; return the process's exit status."""
    root = home()
    request = read_request(root, folder.name)
    if request is None:
        message = "The request is damaged, or the app and its code are of different versions: restart the app, then run again."
        jobs.write_status(folder, jobs.Status("failed", message=message))
        return 1
    progress = Progress(folder, request)
    tempfile.tempdir = str(folders.make_folder(folder / jobs.SCRATCH))  # found and removed also when we are killed
    try:
        device = devices.choose(request.device)
        with slot(root, request, device):
            progress.update(state="running", activity="Starting", started=time.time())
            folders.sweep_staging(root)
            _calibrate(root, device, progress)
            compute(root, request, device, progress)
            write_tables(root, request)
        progress.update(state="finished", activity="", message="", ended=time.time())
        keeping.keep_within_limit(root)
        return 0
    except GlasshouseError as error:
        progress.update(state="failed", message=str(error), ended=time.time(), is_refused=isinstance(error, InputError))
        return error.exit_status
    except Exception as error:  # a defect, or the disk: the page gets one sentence, the log the whole story
        with contextlib.suppress(OSError):  # the log may not fit on the disk either
            traceback.print_exc()
        is_full = isinstance(error, OSError) and folders.is_disk_full(error)
        progress.update(state="failed", ended=time.time(), message=folders.DISK_FULL if is_full else
                        f"The run met an unexpected error ({type(error).__name__}): the log has the details.")
        return 1
    finally:
        shutil.rmtree(folder / jobs.SCRATCH, ignore_errors=True)
        diary.write(root, request, progress.status.state, started=progress.status.started, ended=progress.status.ended)


def main() -> int:
    """Take the run's lock, which the submitter may hand over, and work."""
    parser = argparse.ArgumentParser(prog="python -m core.lab.worker")
    parser.add_argument("run_folder", type=Path)
    parser.add_argument("--lock", type=int, help="file descriptor of the lock that the submitter holds already")
    given = parser.parse_args()
    folder = given.run_folder.absolute()
    handle = given.lock if given.lock is not None else os.open(folder / "worker.lock", os.O_RDWR | os.O_CREAT)
    for _ in range(40):  # a reader that asks whether we live holds the lock for an instant
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            time.sleep(0.05)
    else:
        sys.stderr.write(f"Run {folder.name} already has a worker.\n")
        return 1
    folders.write_json(folder / "pid", os.getpid())
    status = work(folder)
    queue.leave(home(), folder.name)
    fcntl.flock(handle, fcntl.LOCK_UN)  # leaving takes torch and the meter a while, in which nothing happens any more
    return status


if __name__ == "__main__":
    sys.exit(main())
