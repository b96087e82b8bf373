"""The lab with the toy experiment, and nothing left running after a test."""

import contextlib
import tempfile

import pytest

from core.lab import jobs, registry, runs, speed, worker
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
