"""Jobs are processes. Four verbs: submit, status, events, cancel.

All they know of each other stands in the run's folder, so a run outlives the page and the server that started it. A worker holds
an operating-system lock on ``worker.lock`` while it lives: no heartbeat, no process id to be mistaken.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any, Literal, get_args

from core.lab import access, cluster, devices, diary, energy, folders, owners, queue, quotas, reading
from core.lab.config import Config
from core.lab.errors import InputError, RunFailed
from core.lab.experiment import ROOT, Experiment
from core.lab.runs import Request, is_time, read_request, request_to_json
from core.lab.store import has_result, home

State = Literal["queued", "running", "finished", "cancelled", "failed"]
WORKER_MODULE = "core.lab.worker"
SCRATCH = "scratch"
VANISHED = "The worker stopped without a word: it was killed, or the machine restarted. Run again; finished models are kept."


@dataclass(frozen=True)
class Status:
    """How far a run is.

    Attributes:
        state: Where the run stands; ``queued`` and ``running`` mean that a worker lives.
        step: Index of the current step of the experiment.
        activity: What is going on, as words.
        fraction: Share of the whole run that is done, in [0, 1].
        seeds_done: Number of seeds whose result is stored.
        message: Why it failed, or what was kept; empty otherwise.
        started: Unix time when a slot was obtained; None before.
        ended: Unix time of the end; None before.
        ahead: Runs ahead in the queue.
        is_refused: Whether it failed because the request itself was wrong, which its worker alone could tell.
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
    is_refused: bool = False

    @property
    def is_alive(self) -> bool:
        """Whether a worker waits or computes."""
        return self.state in ("queued", "running")

    @property
    def seconds(self) -> float:
        """Seconds since the run obtained its slot, or that it took."""
        return 0.0 if self.started is None else (self.ended or time.time()) - self.started


QUEUED = Status("queued", activity="Waiting for a slot")
KILL_SECONDS = 30.0


def make_request(experiment: Experiment, config: Config, seeds: tuple[int, ...], *, preset: str = "custom",
                 device: str = "auto") -> Request:
    """Return a checked request; nothing is written.

    Raises:
        InputError: If the device or the data is not at hand, ``GLASSHOUSE_COUNTRY`` names no country, or the server trains nothing.
    """
    access.check_live()
    access.check_config(config)
    if not seeds:
        raise InputError("a run needs at least one seed, got none.")
    devices.choose(device)
    energy.country()
    return Request(experiment, config, tuple(sorted(seeds)), reading.fingerprint(experiment, config), preset, device, time.time())


def submit(request: Request) -> str:
    """Start a run, or attach to the one that computes or holds the same numbers already; return the run's id.

    Raises:
        InputError: If ``GLASSHOUSE_HOME`` cannot be written, or a quota of the visitor's is used up.
        RunFailed: If the disk is full.
    """
    access.check_live()
    root = folders.make_folder(home())
    folder = root / "runs" / request.run
    try:
        for name in ("locks", "runs"):
            folders.make_folder(root / name)
        with folders.lock(root / "locks" / f"run-{request.run}.lock"):
            current = status(request.run)
            if current is not None and current.is_alive:
                owners.claim(folder)
                return request.run
            done = all(has_result(root, request.key(seed)) for seed in request.seeds)
            is_whole = current is not None and current.state == "finished" and read_request(root, request.run) is not None
            if done and is_whole:  # a lost or damaged spec.json is laid out anew below
                owners.claim(folder)
                return request.run
            with quotas.one_more(root, request, computes=not done):
                _start(folder, request, done=done)
    except OSError as error:
        if folders.is_disk_full(error):
            raise RunFailed(folders.DISK_FULL) from error
        raise InputError(f"GLASSHOUSE_HOME must be a folder that can be written, got {str(root)!r} "
                         f"({error.strerror}): choose another.") from error
    return request.run


def _start(folder: Path, request: Request, *, done: bool) -> None:
    """Lay out the run's folder and launch its worker unless its numbers are stored; leave nothing if that fails."""
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with (folder / "worker.lock").open("a+b") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX)  # before "queued" can be read: an unlocked run that says so looks dead
            owners.claim(folder)
            for path in folder.iterdir():
                if path.name == owners.FOLDER:
                    continue
                if path.is_dir():
                    shutil.rmtree(path)
                elif path.name != "worker.lock":
                    path.unlink()
            folders.write_json(folder / "spec.json", request_to_json(request), durable=True)
            if done:
                write_status(folder, Status("finished", fraction=1.0, seeds_done=len(request.seeds), started=request.submitted,
                                            ended=request.submitted))
            else:
                write_status(folder, QUEUED)
                if not cluster.is_chosen():  # a cluster has a queue of its own
                    queue.enter(home(), request.run, request.submitted, access.visitor() or access.HOUSE)
                _launch(folder, alive)
    except BaseException:
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def worker_environment() -> dict[str, str]:
    """Return the environment of a worker: threads wait asleep, since spinning ones ruin a shared machine."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, **access.worker_settings(), "OMP_WAIT_POLICY": "PASSIVE", "GLASSHOUSE_HOME": str(home()),
            "PYTHONUNBUFFERED": "1", "PYTHONPATH": path}


def _launch(folder: Path, alive: IO[bytes]) -> None:
    """Start the worker where the submitter stands, so that relative paths mean the same to both."""
    command = [sys.executable, "-P", "-m", WORKER_MODULE, str(folder)]
    if cluster.is_chosen():
        cluster.submit(folder, command, worker_environment())
        return
    with (folder / "log.txt").open("ab") as log:  # the lock is handed over: the worker holds it from its first instant
        process = subprocess.Popen([*command, "--lock", str(alive.fileno())], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True, pass_fds=(alive.fileno(),), env=worker_environment())
    threading.Thread(target=process.wait, daemon=True).start()  # so that no zombie is left in a long-lived server


def write_status(folder: Path, value: Status) -> None:
    """Replace the status of a run in one step; a full disk does not keep a run from saying so."""
    try:
        folders.write_json(folder / "status.json", asdict(value))
    except OSError as error:
        if not folders.is_disk_full(error):
            raise
        folders.overwrite_json(folder / "status.json", asdict(value))


def written_status(folder: Path) -> Status | None:
    """Return the status that stands in a run's folder, or None when there is none or it is damaged."""
    try:
        value = Status(**folders.read_json(folder / "status.json"))
    except TypeError:
        return None
    numbers = (value.step, value.fraction, value.seeds_done, value.ahead)
    is_sound = value.state in get_args(State) and all(isinstance(number, int | float) for number in numbers) and all(
        time is None or is_time(time) for time in (value.started, value.ended))
    return value if is_sound and isinstance(value.activity, str) and isinstance(value.message, str) else None


def status(run: str) -> Status | None:
    """Return how far a run of this user is, or None when there is no such run.

    Raises:
        RunFailed: If the run is on a cluster that cannot be asked.
    """
    folder = home() / "runs" / run
    value = written_status(folder)
    if value is not None and not value.is_alive:
        return value
    if folders.is_locked(folder / "worker.lock") or cluster.holds(folder):
        value = value or QUEUED
        return replace(value, ahead=len(queue.ahead(home(), run))) if value.state == "queued" else value
    value = written_status(folder)  # again: it may have ended between the two looks
    if value is not None and not value.is_alive:
        return value
    if not (folder / "spec.json").is_file():
        return None
    with contextlib.suppress(FileNotFoundError):
        ended = (folder / "status.json").stat().st_mtime
        return replace(value or QUEUED, state="failed", message=VANISHED, ended=ended)
    return Status("failed", message=VANISHED)


def events(run: str, since: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Return the events written after byte ``since``, and where to read on; a line still being written is left for later.

    When the run was started anew since, its events are read from the beginning.
    """
    try:
        with (home() / "runs" / run / "events.ndjson").open("rb") as file:
            since = since if since <= os.fstat(file.fileno()).st_size else 0
            file.seek(since)
            text = file.read()
    except OSError:
        return [], since
    whole = text[:text.rfind(b"\n") + 1]
    found = []
    for line in whole.split(b"\n"):
        with contextlib.suppress(ValueError, RecursionError):
            found.append(json.loads(line))
    return [event for event in found if isinstance(event, dict)], since + len(whole)


def cancel(run: str) -> Status | None:
    """Stop a run for certain, also in the middle of native code; return its status afterwards, None for an unknown run.

    A visitor of a shared server stops runs of their own alone; one that others asked for, too, goes on without them.
    """
    folder = home() / "runs" / run
    if not folder.is_dir() or not owners.may_see(folder):
        return None
    with folders.lock(folders.make_folder(home() / "locks") / f"run-{run}.lock"):
        before = status(run)
        if before is None or not before.is_alive or owners.withdraw(folder):
            return before
        _kill(folder)
        last = written_status(folder) or before
        if not last.is_alive:  # it ended by itself just before
            return last
        queue.leave(home(), run)
        shutil.rmtree(folder / SCRATCH, ignore_errors=True)
        value = replace(last, state="cancelled", message=_what_is_kept(run), ended=time.time())
        write_status(folder, value)
        if (request := read_request(home(), run)) is not None:
            diary.write(home(), request, value.state, started=value.started, ended=value.ended)
        return value


def _what_is_kept(run: str) -> str:
    request = read_request(home(), run)
    if request is None:
        return ""
    n_kept = sum(has_result(home(), request.key(seed)) for seed in request.seeds)
    if n_kept == 0:
        return "No seed was finished; finished models are kept, and the next run starts from them."
    return f"{n_kept} of {len(request.seeds)} seeds and every finished model are kept; the next run starts from them."


def _kill(folder: Path) -> None:
    """Kill the worker's whole process group and wait until its lock is free.

    The worker writes its number as soon as it runs, so a submitter that dies in between leaves nothing that cannot be stopped.
    """
    on_cluster = cluster.has(folder)
    cluster.cancel(folder)
    deadline = time.monotonic() + KILL_SECONDS
    while time.monotonic() < deadline:
        if not folders.is_locked(folder / "worker.lock") and not cluster.holds(folder):
            return
        group = folders.read_json(folder / "pid")
        if not on_cluster and isinstance(group, int) and group > 1:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        time.sleep(0.3 if on_cluster else 0.02)
    raise RunFailed("The run could not be stopped within its time: look at the machine's processes.")
