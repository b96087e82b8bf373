"""Who computes when: one run per slot, first come first served."""

import itertools

import pytest

from core.lab import folders, jobs, queue
from core.lab.store import home
from tests.lab import toy
from tests.lab.experiments import read_trace

pytestmark = pytest.mark.usefixtures("forked")


def test_first_come_first_served():
    first = toy.submit((0,), ending="sleep")
    toy.wait_for(lambda: ["ending", "sleep"] in read_trace())
    later = [toy.submit((seed,), n_models=1, seconds=0.2) for seed in (1, 2, 3)]
    assert [jobs.status(run_id).ahead for run_id in later] == [1, 2, 3]
    assert queue.ahead(home(), later[2]) == [first, *later[:2]]
    jobs.cancel(first)
    ended = [toy.finish(run_id) for run_id in later]
    assert [status.state for status in ended] == ["finished"] * 3
    for before, after in itertools.pairwise(ended):
        assert before.ended <= after.started + 0.3  # one slot: the next starts when its predecessor has stored everything
    assert [line for line in read_trace() if line[0] == "seed"] == [["seed", str(seed)] for seed in range(4)]


def test_as_many_at_once_as_there_are_slots(monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_CPU_SLOTS", "2")
    runs = [toy.submit((seed,), ending="sleep") for seed in (0, 1, 2)]
    toy.wait_for(lambda: len([line for line in read_trace() if line[0] == "ending"]) == 2)
    assert [jobs.status(run_id).state for run_id in runs] == ["running", "running", "queued"]
    jobs.cancel(runs[0])
    toy.wait_for(lambda: jobs.status(runs[2]).state == "running")


def test_junk_beside_the_queue_does_not_stop_it(toy_lab):
    """A damaged folder, or a dead run that says it waits, is nobody in the queue."""
    junk = (({"submitted": 1.0}, {"state": "queued"}), ([], []), ({"submitted": "early"}, {"state": "queued"}),
            ({"submitted": 1.0}, "running"))
    for number, (spec, status) in enumerate(junk):
        folder = toy_lab / "runs" / f"{number:016x}"
        folder.mkdir(parents=True)
        (folder / "worker.lock").touch()
        folders.write_json(folder / "spec.json", spec)
        folders.write_json(folder / "status.json", status)
        (toy_lab / "queue").mkdir(exist_ok=True)
        (toy_lab / "queue" / f"{0:08d}-{number:020d}-{number:016x}-house").touch()
        (toy_lab / "queue" / f"junk{number}").touch()
    run_id = toy.submit((0,))
    assert toy.finish(run_id).state == "finished"
    toy.wait_for(lambda: not list((toy_lab / "queue").glob("0*")))  # the dead are cleared away, and the run has left, too


def test_a_thousand_ended_runs_are_never_read(toy_lab, monkeypatch):
    """Who is ahead is told by names of living runs; what has ended costs nothing."""
    for number in range(1000):
        folder = toy_lab / "runs" / f"{number:016x}"
        folder.mkdir(parents=True)
        folders.write_json(folder / "spec.json", {"submitted": float(number)})
        (folder / "worker.lock").touch()
    first = toy.submit((0,), ending="sleep")
    later = toy.submit((1,), ending="sleep")
    reads = []
    monkeypatch.setattr(folders, "read_json", lambda path: reads.append(path))
    monkeypatch.setattr(folders, "is_locked", lambda path: reads.append(path) or True)
    assert queue.ahead(home(), later) == [first]
    assert len(reads) == 1
