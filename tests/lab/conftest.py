"""The lab with the toy experiment, and nothing left running after a test."""

import contextlib
import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

import pytest

from core.lab import access, jobs, registry, runs, speed, worker
from core.lab.store import home
from tests.lab.experiments import MEASURE, SPECS


@pytest.fixture
def toy_lab(own_home, monkeypatch):
    """Make the registry hold the toy experiment, here and in workers; stop whatever is alive afterwards."""
    monkeypatch.setattr(registry, "SPECS", SPECS)
    monkeypatch.setattr(speed, "MEASURE", MEASURE)
    monkeypatch.setattr(jobs, "WORKER_MODULE", "tests.lab.worker")
    yield own_home
    for run in runs.run_ids(home()):
        with contextlib.suppress(Exception):
            jobs.cancel(run)


@pytest.fixture
def at_once(toy_lab, monkeypatch):
    """Let ``submit`` compute in this very process, for tests that are not about processes: a worker takes a second to start."""
    monkeypatch.setattr(tempfile, "tempdir", tempfile.gettempdir())
    monkeypatch.setattr(jobs, "_launch", lambda folder, alive: worker.work(folder))
    return toy_lab


@pytest.fixture
def forked(toy_lab, monkeypatch):
    """Let workers be forked from this process, which has everything imported: a real process each, without its second of starting."""
    monkeypatch.setattr(jobs, "_launch", fork)
    return toy_lab


def fork(folder: Path, alive: IO[bytes]) -> None:
    """Start a worker as ``jobs._launch`` does; it keeps the run's lock and no other file of this process."""
    process = os.fork()
    if process == 0:
        with contextlib.suppress(BaseException):
            os.setsid()
            log = os.open(folder / "log.txt", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.dup2(log, 1)
            os.dup2(log, 2)
            os.closerange(3, alive.fileno())
            os.closerange(alive.fileno() + 1, 1024)
            os.environ |= access.worker_settings()
            sys.argv = ["worker", str(folder), "--lock", str(alive.fileno())]
            os._exit(worker.main())
        os._exit(1)
    threading.Thread(target=os.waitpid, args=(process, 0), daemon=True).start()
