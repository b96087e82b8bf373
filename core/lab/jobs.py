"""Jobs are processes. Four verbs: submit, status, events, cancel.

All they know of each other stands in the run's folder, so a run outlives the page and the server that started it. A worker holds
an operating-system lock on ``worker.lock`` while it lives: no heartbeat, no process id to be mistaken.
"""

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from core.lab import cluster, devices, folders
from core.lab.config import Config
from core.lab.errors import InputError, RunFailed
from core.lab.experiment import ROOT, Experiment
from core.lab.runs import Request, read_request, request_to_json
from core.lab.store import has_result, home

State = Literal["queued", "running", "finished", "cancelled", "failed"]
VANISHED = "The worker stopped without a word: it was killed, or the machine restarted. Run again; finished models are kept."


@dataclass(frozen=True)
class Status:
    """How far a run is.

    Attributes:
        state: Where the run stands; ``queued`` and ``running`` mean that a worker is alive.
        step: Index of the current step of the experiment.
        activity: What is going on, as words.
        fraction: Share of the whole run that is done, in [0, 1].
        seeds_done: Number of seeds whose result is stored.
        message: Why it failed, or what was kept; empty otherwise.
        started: Unix time when a slot was obtained; None before.
        ended: Unix time of the end; None before.
        ahead: Runs ahead in the queue.
    """

    state: State
    step: int = 0
    activity: str = ""
    fraction: float = 0.0
    seeds_done: int = 0
    message: str = ""
    started: float | None = None
    ended: float | None = None
    ahead: int = 0

    @property
    def is_alive(self) -> bool:
        """Whether a worker waits or computes."""
        return self.state in ("queued", "running")

    @property
    def seconds(self) -> float:
        """Seconds since the run obtained its slot, or that it took."""
        return 0.0 if self.started is None else (self.ended or time.time()) - self.started


def make_request(experiment: Experiment, config: Config, seeds: tuple[int, ...], *, preset: str = "custom",
                 device: str = "auto") -> Request:
    """Return a checked request; nothing is written.

    Raises:
        InputError: If the device or the data is not at hand.
    """
    if not seeds:
        raise InputError("a run needs at least one seed, got none.")
    devices.choose(device)
    return Request(experiment, config, tuple(sorted(seeds)), experiment.fingerprint(config), preset, device, time.time())


def submit(request: Request) -> str:
    """Start a run, or attach to the one that computes or holds the same numbers already; return the run's id.

    Raises:
        InputError: If ``GLASSHOUSE_HOME`` cannot be written.
        RunFailed: If the disk is full.
    """
    root = folders.make_folder(home())
    folder = root / "runs" / request.run
    try:
        for name in ("locks", "runs"):
            folders.make_folder(root / name)
        with folders.lock(root / "locks" / f"run-{request.run}.lock"):
            current = status(request.run)
            if current is not None and current.is_alive:
                return request.run
            done = all(has_result(root, request.key(seed)) for seed in request.seeds)
            if done and current is not None and current.state == "finished":
                return request.run
            _lay_out(folder, request)
            if done:
                write_status(folder, Status("finished", fraction=1.0, seeds_done=len(request.seeds), started=request.submitted,
                                            ended=request.submitted))
            else:
                _launch(folder)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise RunFailed("The disk is full: free some space, then run again.") from error
        raise InputError(f"GLASSHOUSE_HOME must be a folder that can be written, got {str(root)!r} "
                         f"({error.strerror}): choose another.") from error
    return request.run


def _lay_out(folder: Path, request: Request) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("events.ndjson", "log.txt", "pid", "cluster.json"):
        (folder / name).unlink(missing_ok=True)
    folders.write_json(folder / "spec.json", request_to_json(request), durable=True)
    write_status(folder, Status("queued", activity="Waiting for a slot"))


def worker_environment() -> dict[str, str]:
    """Return the environment of a worker: threads wait asleep, since spinning ones ruin a shared machine."""
    return {**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "GLASSHOUSE_HOME": str(home()), "PYTHONUNBUFFERED": "1"}


def _launch(folder: Path) -> None:
    if cluster.is_chosen():
        folders.write_json(folder / "cluster.json", {"job": cluster.submit(folder, worker_environment())})
        return
    with (folder / "worker.lock").open("a+b") as alive, (folder / "log.txt").open("ab") as log:
        import fcntl
        fcntl.flock(alive, fcntl.LOCK_EX)  # handed over: the worker holds the same lock from its first instant
        process = subprocess.Popen(
            [sys.executable, "-m", "core.lab.worker", str(folder), "--lock", str(alive.fileno())], cwd=ROOT, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True, pass_fds=(alive.fileno(),), env=worker_environment())
    (folder / "pid").write_text(str(process.pid))
    threading.Thread(target=process.wait, daemon=True).start()  # so that no zombie is left in a long-lived server


def write_status(folder: Path, value: Status) -> None:
    """Replace the status of a run in one step."""
    folders.write_json(folder / "status.json", asdict(value))


def status(run: str) -> Status | None:
    """Return how far a run of this user is, or None when there is no such run."""
    root = home()
    folder = root / "runs" / run
    written = folders.read_json(folder / "status.json")
    try:
        value = Status(**written)
    except TypeError:
        return None if not folder.is_dir() else Status("failed", message=VANISHED)
    if not value.is_alive:
        return value
    if not folders.is_locked(folder / "worker.lock") and not _waits_on_cluster(folder):
        again = folders.read_json(folder / "status.json")  # it may have ended between the two looks
        value = Status(**again) if isinstance(again, dict) else value
        return value if not value.is_alive else replace(value, state="failed", message=VANISHED)
    return replace(value, ahead=len(queue_ahead(root, run))) if value.state == "queued" else value


def _waits_on_cluster(folder: Path) -> bool:
    ticket = folders.read_json(folder / "cluster.json")
    return isinstance(ticket, dict) and cluster.is_alive(str(ticket["job"]))


def queue_ahead(root: Path, run: str) -> list[str]:
    """Return the living runs that asked before ``run`` did, oldest first."""
    mine = folders.read_json(root / "runs" / run / "spec.json") or {"submitted": time.time()}
    ahead = []
    for path in (root / "runs").glob("*/worker.lock"):
        name = path.parent.name
        spec, state = folders.read_json(path.parent / "spec.json"), folders.read_json(path.parent / "status.json")
        if name == run or not spec or not state or state["state"] not in ("queued", "running"):
            continue
        if (spec["submitted"], name) < (mine["submitted"], run) and folders.is_locked(path):
            ahead.append((spec["submitted"], name))
    return [name for _, name in sorted(ahead)]


def events(run: str, since: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Return the events written after byte ``since``, and where to read on; a line still being written is left for later."""
    try:
        with (home() / "runs" / run / "events.ndjson").open("rb") as file:
            file.seek(since)
            text = file.read()
    except OSError:
        return [], since
    whole = text[:text.rfind(b"\n") + 1]
    found = []
    for line in whole.splitlines():
        with contextlib.suppress(ValueError):
            found.append(json.loads(line))
    return found, since + len(whole)


def cancel(run: str) -> Status | None:
    """Stop a run for certain, also in the middle of native code; return its status afterwards, None for an unknown run."""
    folder = home() / "runs" / run
    if not folder.is_dir():
        return None
    with folders.lock(home() / "locks" / f"run-{run}.lock"):
        before = status(run)
        if before is None or not before.is_alive:
            return before
        _kill(folder)
        after = status(run)
        if after is not None and after.state == "finished":
            return after
        kept = f"{before.seeds_done} of {len(seeds)} seeds and every finished model are kept; the next run starts from them." if (
            seeds := _seeds(run)) else ""
        value = replace(before, state="cancelled", message=kept, ended=time.time())
        write_status(folder, value)
        return value


def _seeds(run: str) -> tuple[int, ...]:
    request = read_request(home(), run)
    return request.seeds if request else ()


def _kill(folder: Path) -> None:
    """Kill the worker's whole process group and wait until its lock is free."""
    ticket = folders.read_json(folder / "cluster.json")
    if isinstance(ticket, dict):
        cluster.cancel(str(ticket["job"]))
    for attempt in range(100):
        if not folders.is_locked(folder / "worker.lock") and not _waits_on_cluster(folder):
            return
        with contextlib.suppress(OSError, ValueError):
            if not isinstance(ticket, dict):
                os.killpg(int((folder / "pid").read_text()), signal.SIGTERM if attempt < 5 else signal.SIGKILL)
        time.sleep(0.05 if not isinstance(ticket, dict) else 0.3)
    raise RunFailed("The run could not be stopped within its time: look at the machine's processes.")
