"""Asking for toy runs and waiting for them."""

import time
from collections.abc import Callable
from pathlib import Path

from core.lab import jobs, runs
from core.lab.runs import Request
from core.lab.store import home
from tests.lab.experiments import TOY, ToyConfig


def request(seeds: tuple[int, ...] = (0,), **settings: object) -> Request:
    """Return a request for a toy run on the CPU."""
    return jobs.make_request(TOY, ToyConfig(**settings), seeds, device="cpu")


def submit(seeds: tuple[int, ...] = (0,), **settings: object) -> str:
    """Start a toy run; return its id."""
    return jobs.submit(request(seeds, **settings))


def folder(run: str) -> Path:
    """Return the folder of a run."""
    return home() / "runs" / run


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> object:
    """Return the first true value of ``condition``, asked every 20 ms; fail the test after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds:g} s in vain")


def finish(run: str) -> jobs.Status:
    """Return the status of a run once it has ended."""
    wait_for(lambda: not jobs.status(run).is_alive)
    return jobs.status(run)


def worker_of(run: str) -> int:
    """Return the process id of a run's worker once it runs."""
    return int(wait_for(lambda: (folder(run) / "pid").exists() and (folder(run) / "pid").read_text()))


def lives(process: int) -> bool:
    """Return whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def run_ids() -> list[str]:
    """Return the ids of all toy runs."""
    return runs.run_ids(home())
