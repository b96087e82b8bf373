"""Random kills: ``python -m tests.benchmarks.kills [N] [TARGET ...]``. Nothing may be lost or half made, and a repeat must be equal.

Each round submits a toy run and kills at a random moment, with SIGKILL: the submitter (the server that was just laying it out), the
worker, the worker's whole group, or, where it is asked for, one of the processes that train (``tests.benchmarks.trained``). After each
kill every stored folder is checked against its checksums, everything that was whole before must still be there and readable, and a run
that came to its end is compared, byte for byte, with one that nobody disturbed.
Workers are forked from a warm process, so that a kill may hit any moment of a run and a thousand take minutes.
"""

import contextlib
import ctypes
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from core.lab import folders, jobs, queue, registry, speed, worker
from core.lab.runs import load_run
from core.lab.store import home
from tests.lab import toy
from tests.lab.experiments import ToyConfig

PR_SET_CHILD_SUBREAPER = 36
TARGETS, TRAINER = ("submitter", "worker", "group"), "trainer"
EXPERIMENTS = {"toy": "tests.lab.experiments:TOY", "trained": "tests.benchmarks.trained:TRAINED"}
SHARES = {"submitter": 0.2, TRAINER: 0.3}  # of a run's length, within which the target lives
TRAINS: list[bool] = []  # whether this round's runs really train
SETTINGS = {"n_models": 3, "seconds": 0.004}


def forked(folder: Path, alive) -> None:
    """Start a worker as ``jobs._launch`` does, by forking: it holds the lock from its first instant."""
    if os.fork() == 0:
        os.setsid()
        log = os.open(folder / "log.txt", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.dup2(log, 1)
        os.dup2(log, 2)
        sys.argv = ["worker", str(folder), "--lock", str(alive.fileno())]
        os._exit(worker.main())


def start(seeds: tuple[int, ...]) -> tuple[int, str]:
    """Submit in a process of its own, the server; return its number and the run's id."""
    request = jobs.make_request(registry.find("trained"), ToyConfig(n_models=6), seeds, device="cpu") if TRAINS else toy.request(
        seeds, **SETTINGS)
    process = os.fork()
    if process == 0:
        with contextlib.suppress(BaseException):
            jobs.submit(request)
        os._exit(0)
    return process, request.run


def reap() -> None:
    """Take the dead children, and theirs, off the table."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def is_alive(run: str) -> bool:
    """Return whether anybody computes the run."""
    return folders.is_locked(home() / "runs" / run / "worker.lock")


def settle(run: str) -> None:
    """Wait until nobody computes the run."""
    deadline = time.monotonic() + 60
    while is_alive(run):
        reap()
        if time.monotonic() > deadline:
            raise RuntimeError(f"run {run} never ended")
        time.sleep(0.002)
    reap()


def stored() -> dict[str, bool]:
    """Return every stored folder, and whether it is whole."""
    return {f"{kind}/{path.name}": folders.read_manifest(path) is not None
            for kind in ("results", "models") for path in (home() / kind).glob("*")}


def content(run: str) -> list[bytes]:
    """Return the numbers of a finished run, byte for byte."""
    found = load_run(home(), run)
    return [] if found is None else [
        part for result in found.results for part in (result.values.tobytes(), repr(result.mean).encode(), result.models.to_csv().encode())]


def undisturbed(seeds: tuple[int, ...]) -> list[bytes]:
    """Return the numbers of the same run in a house of its own where nothing is killed."""
    before = os.environ["GLASSHOUSE_HOME"]
    with tempfile.TemporaryDirectory() as other:
        os.environ["GLASSHOUSE_HOME"] = other
        speed.keep(Path(other), one=1e6, shared=1e6)
        _, run = start(seeds)
        while (status := jobs.status(run)) is None or status.is_alive:
            reap()
            time.sleep(0.002)
        settle(run)
        found = content(run)
        os.environ["GLASSHOUSE_HOME"] = before
    return found


def trainer_of(run: str) -> int | None:
    """Return the number of a process that trains for a run, or None while there is none."""
    held = folders.read_json(home() / "runs" / run / "pid")
    with contextlib.suppress(OSError):
        if children := Path(f"/proc/{held}/task/{held}/children").read_text().split():
            return int(children[-1])
    return None


def kill(target: str, submitter: int, run: str) -> bool:
    """Kill a target; return whether there was anything left to kill."""
    if target == "submitter":
        group, send = submitter, os.kill
    elif target == TRAINER:
        group, send = trainer_of(run), os.kill
    else:
        group, send = folders.read_json(home() / "runs" / run / "pid"), os.kill if target == "worker" else os.killpg
    try:
        if not isinstance(group, int) or (target != "submitter" and not is_alive(run)):
            return False
        send(group, signal.SIGKILL)
    except OSError:
        return False
    return True


def length(draws: int = 5) -> float:
    """Return how long an undisturbed run takes here, median, in seconds."""
    times = []
    for seed in range(draws):
        began = time.monotonic()
        undisturbed((seed, seed + 50))
        times.append(time.monotonic() - began)
    return sorted(times)[draws // 2]


def main(n: int, targets: tuple[str, ...]) -> int:
    """Kill ``n`` times, each time one of the targets; print what was hit and what was found; return the exit status."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    os.environ |= {"GLASSHOUSE_ENERGY": "off", "GLASSHOUSE_CPU_SLOTS": "1" if TRAINER in targets else "2"}
    registry.SPECS, jobs._launch = EXPERIMENTS, forked
    TRAINS.extend([True] * (TRAINER in targets))
    if TRAINS:
        registry.find("trained")  # torch, once for all workers
    hits, faults, compared, began = Counter(), Counter(), 0, time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        os.environ["GLASSHOUSE_HOME"] = place
        speed.keep(Path(place), one=1e6, shared=1e6)
        random, whole = np.random.default_rng(20261129), set()
        span, first, rounds = length(), 100, 0
        while sum(hits.values()) < n:
            rounds += 1
            seeds, target = (first, first + 1), targets[random.integers(len(targets))]
            submitter, run = start(seeds)
            if target == TRAINER:  # it lives for a part of the run alone: any moment of that part
                deadline = time.monotonic() + 20
                while trainer_of(run) is None and time.monotonic() < deadline and not (hits[target] and not is_alive(run)):
                    time.sleep(0.001)
            time.sleep(float(random.uniform(0.0, span * SHARES.get(target, 1.0))))
            hits[target] += kill(target, submitter, run)
            reap()
            settle(run)
            now = stored()
            faults["half made"] += sum(not is_whole for is_whole in now.values())
            faults["lost"] += len(whole - set(now))
            faults["set aside"] += len(list((home() / "quarantine").glob("*")))
            whole = set(now)
            if jobs.status(run) and jobs.status(run).state == "finished":  # killed or not, it came to its end: the next has other seeds
                found = content(run)
                faults["not equal"] += found != undisturbed(seeds)
                compared, first = compared + 1, first + 2
        status = {name: count for name, count in faults.items() if count}
        left = [place for place in queue.places(home()) if is_alive(place.run)]
    print(f"{sum(hits.values())} kills ({', '.join(f'{name} {count}' for name, count in hits.items())}) in {rounds} rounds, run length "
          f"{span:.2f} s, {time.monotonic() - began:.0f} s in all")
    print(f"{compared} runs finished afterwards and compared; {len(whole)} stored folders; faults: {status or 'none'}; "
          f"still queued: {len(left)}")
    return 1 if status or left else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, tuple(sys.argv[2:]) or TARGETS))
