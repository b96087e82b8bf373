"""Cancel stops a run for certain, wherever it is."""

import time

import pytest

from core.lab import jobs
from core.lab.runs import load_run
from core.lab.store import home
from tests.lab import toy
from tests.lab.experiments import read_trace

pytestmark = pytest.mark.usefixtures("toy_lab")


@pytest.mark.parametrize("ending", ["native", "hold", "sleep", "child"])
def test_in_the_middle_of_anything(ending):
    """``native`` is inside one LAPACK call, ``hold`` in C code that keeps the interpreter, ``child`` waits for a program."""
    run_id = toy.submit((0, 1), n_models=1, ending=ending)
    worker = toy.worker_of(run_id)
    toy.wait_for(lambda: read_trace()[-1:] and read_trace()[-1][0] == ("child" if ending == "child" else "ending"))
    time.sleep(0.1)
    began = time.monotonic()
    status = jobs.cancel(run_id)
    assert time.monotonic() - began < 5.0
    assert status.state == jobs.status(run_id).state == "cancelled"
    assert status.message == "No seed was finished; finished models are kept, and the next run starts from them."
    toy.wait_for(lambda: not toy.lives(worker))
    if ending == "child":
        toy.wait_for(lambda: not toy.lives(int(read_trace()[-1][1])))
    assert load_run(home(), run_id) is None
    assert not (toy.folder(run_id) / jobs.SCRATCH).exists()


def test_while_it_waits_for_a_slot():
    first = toy.submit((0,), ending="sleep")
    toy.wait_for(lambda: ["ending", "sleep"] in read_trace())
    second = toy.submit((1,))
    toy.wait_for(lambda: (toy.folder(second) / "pid").exists())
    assert jobs.cancel(second).state == "cancelled"
    assert jobs.status(first).state == "running"
    assert ["seed", "1"] not in read_trace()


def test_right_after_the_request():
    """The worker has not even said its number yet."""
    run_id = toy.submit((0,), ending="sleep")
    assert jobs.cancel(run_id).state == "cancelled"


def test_twice_and_after_the_end():
    run_id = toy.submit((0,), ending="sleep")
    toy.worker_of(run_id)
    first = jobs.cancel(run_id)
    assert jobs.cancel(run_id) == first == jobs.status(run_id)
    finished = toy.submit((1,))
    toy.finish(finished)
    assert jobs.cancel(finished) == jobs.status(finished)
    assert jobs.status(finished).state == "finished"


def test_an_unknown_run():
    assert jobs.cancel("0123456789abcdef") is None


def test_what_is_kept_is_counted_and_used():
    run_id = toy.submit((0, 1), n_models=2, seconds=0.4)
    toy.wait_for(lambda: jobs.status(run_id).seeds_done == 1)
    assert jobs.cancel(run_id).message.startswith("1 of 2 seeds")
    assert toy.submit((0, 1), n_models=2, seconds=0.4) == run_id
    assert toy.finish(run_id).state == "finished"
    assert [line for line in read_trace() if line == ["seed", "0"]] == [["seed", "0"]]
