"""What killing a worker leaves behind."""

import os
import signal
import time

import numpy as np
import pytest

from core.lab import folders, jobs
from core.lab.runs import load_run
from core.lab.store import home
from tests.lab import toy
from tests.lab.experiments import read_trace

pytestmark = pytest.mark.usefixtures("toy_lab")
SEEDS = (0, 1, 2)


def stored_models() -> int:
    """Return how many whole models are stored."""
    return sum(folders.read_manifest(path) is not None for path in (home() / "models").glob("*"))


def test_killed_at_any_moment_a_run_completes_and_repeats_nothing(toy_lab):
    """Killed four times at random moments; every start goes on from the models and seeds that were whole."""
    moments = np.random.default_rng(20261120).uniform(0.0, 0.3, size=4)
    for moment in moments:
        run_id = toy.submit(SEEDS, n_models=4, seconds=0.15)
        worker = toy.worker_of(run_id)
        toy.wait_for(lambda run_id=run_id: jobs.status(run_id).state == "running")
        time.sleep(moment)
        os.kill(worker, signal.SIGKILL)
        status = toy.finish(run_id)
        assert (status.state, status.message) == ("failed", jobs.VANISHED)
        assert load_run(home(), run_id) is None
        assert not list((home() / "quarantine").glob("*"))  # nothing half written was ever visible
    run_id = toy.submit(SEEDS, n_models=4, seconds=0.15)
    assert toy.finish(run_id).state == "finished"
    assert stored_models() == len(SEEDS) * 4
    made = [tuple(line) for line in read_trace() if line[0] == "made"]
    assert len(made) == len(set(made)), "a stored model was made again"
    assert not [path for path in (home() / "staging").iterdir() if path.is_dir()]
    assert [result.models.shape for result in load_run(home(), run_id).results] == [(4, 2)] * 3


def test_seeds_that_were_stored_survive_the_worker(toy_lab):
    run_id = toy.submit((0, 1), n_models=6, seconds=0.15)
    toy.wait_for(lambda: jobs.status(run_id).seeds_done == 1)
    os.kill(toy.worker_of(run_id), signal.SIGKILL)
    assert toy.finish(run_id).state == "failed"
    manifest, = home().glob("results/*/manifest.json")
    written = manifest.read_bytes()
    assert toy.finish(toy.submit((0, 1), n_models=6, seconds=0.15)).state == "finished"
    assert manifest.read_bytes() == written
    begun = [line[1] for line in read_trace() if line[0] == "seed"]
    assert begun in (["0", "1"], ["0", "1", "1"]), "the kill may come just before the second seed begins; the first is never repeated"


def test_a_killed_worker_frees_its_slot_for_the_next():
    first = toy.submit((0,), ending="sleep")
    toy.wait_for(lambda: ["ending", "sleep"] in read_trace())
    second = toy.submit((1,))
    toy.wait_for(lambda: (toy.folder(second) / "pid").exists())
    time.sleep(0.5)
    waiting = jobs.status(second)
    assert (waiting.state, waiting.ahead) == ("queued", 1)
    os.kill(toy.worker_of(first), signal.SIGKILL)
    assert toy.finish(second).state == "finished"
    assert jobs.status(first).state == "failed"


def test_a_worker_killed_before_it_wrote_anything():
    run_id = toy.submit((0,))
    jobs._kill(toy.folder(run_id))
    assert jobs.status(run_id).message == jobs.VANISHED
    assert toy.submit((0,)) == run_id
    assert toy.finish(run_id).state == "finished"
