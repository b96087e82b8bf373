"""The same worker on a Slurm cluster, and what is said when the cluster is not as it should be."""

import os
import subprocess

import pytest

from core.lab import cluster, jobs
from core.lab.errors import InputError, RunFailed
from core.lab.runs import delete_run, load_run
from core.lab.store import home
from tests.lab import slurm, toy
from tests.lab.experiments import read_trace


@pytest.fixture(scope="module")
def real_slurm(tmp_path_factory):
    if slurm.missing():
        pytest.skip(f"needs Debian's packages slurm-wlm and munge: there is no {', '.join(slurm.missing())}")
    before = os.environ.get("SLURM_CONF")
    folder = tmp_path_factory.mktemp("slurm")
    daemons = slurm.start(folder)
    yield folder
    slurm.stop(daemons)
    os.environ.pop("SLURM_CONF")
    if before is not None:
        os.environ["SLURM_CONF"] = before


@pytest.fixture
def on_slurm(real_slurm, toy_lab, monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_CLUSTER", "slurm")
    monkeypatch.setenv("GLASSHOUSE_PARTITION", "tests")
    return toy_lab


def queue() -> str:
    return subprocess.run(["squeue", "-h", "-o", "%i %T"], capture_output=True, text=True, check=True).stdout


@pytest.mark.slurm
def test_a_run_goes_through_slurm(on_slurm):
    run_id = toy.submit((0, 1), n_models=2, seconds=0.3)
    assert jobs.status(run_id).is_alive
    assert cluster.has(toy.folder(run_id))
    with pytest.raises(InputError, match="still alive: cancel it first"):
        delete_run(run_id)
    seen = []
    toy.wait_for(lambda: (seen.append(jobs.status(run_id)), not seen[-1].is_alive)[1])
    assert seen[-1].state == "finished"
    assert {status.state for status in seen} <= {"queued", "running", "finished"}
    assert len({status.fraction for status in seen}) > 2  # progress was seen from here
    assert {event["kind"] for event in jobs.events(run_id)[0]} == {"step", "curve"}
    assert len(load_run(home(), run_id).results) == 2
    assert toy.submit((0, 1), n_models=2, seconds=0.3) == run_id  # stored: nothing is handed to the cluster again
    toy.wait_for(lambda: not queue())


@pytest.mark.slurm
def test_cancel_stops_what_runs_and_what_waits(on_slurm, monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_CLUSTER_CORES", str(len(os.sched_getaffinity(0))))
    first = toy.submit((0,), ending="hold")
    toy.wait_for(lambda: ["ending", "hold"] in read_trace())
    second = toy.submit((1,))
    assert jobs.status(second).state == "queued"  # pending: it has no worker yet, and is not taken for dead
    with pytest.raises(InputError, match="still alive: cancel it first"):
        delete_run(second)
    assert jobs.cancel(second).state == "cancelled"
    assert jobs.status(first).state == "running"
    worker = toy.worker_of(first)
    assert jobs.cancel(first).state == "cancelled"
    toy.wait_for(lambda: not toy.lives(worker))
    assert jobs.status(first).state == "cancelled"
    toy.wait_for(lambda: not queue())
    delete_run(second)


@pytest.mark.slurm
def test_a_worker_that_slurm_loses_reads_as_failed(on_slurm):
    run_id = toy.submit((0,), ending="exit")
    status = toy.finish(run_id)
    assert (status.state, status.message) == ("failed", jobs.VANISHED)


@pytest.mark.slurm
def test_a_partition_that_slurm_does_not_know(on_slurm, monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_PARTITION", "nowhere")
    request = toy.request((0,))
    with pytest.raises(InputError, match=r"Slurm must accept the job, got .*partition.*check GLASSHOUSE_PARTITION"):
        jobs.submit(request)
    assert jobs.status(request.run) is None
    assert not toy.folder(request.run).exists()


def test_no_slurm_where_one_is_chosen(toy_lab, monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSHOUSE_CLUSTER", "slurm")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="needs Slurm's commands, got no sbatch"):
        toy.submit((0,))
    assert toy.run_ids() == []


@pytest.fixture
def fake_squeue(toy_lab, monkeypatch, tmp_path):
    """A cluster whose squeue answers what a test says: the real one cannot be put into these states at will."""
    run_id = toy.request((0,)).run
    toy.folder(run_id).mkdir(parents=True)
    jobs.write_status(toy.folder(run_id), jobs.QUEUED)
    (toy.folder(run_id) / "spec.json").write_text("{}")
    (toy.folder(run_id) / cluster.TICKET).write_text('{"job": "17"}')
    program = tmp_path / "bin" / "squeue"
    program.parent.mkdir()
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    def answer(script):
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return run_id

    yield answer
    (toy.folder(run_id) / cluster.TICKET).unlink()


def test_a_cluster_out_of_reach_does_not_make_a_run_look_dead(fake_squeue):
    run_id = fake_squeue("echo 'Unable to contact slurm controller' >&2; exit 1")
    with pytest.raises(RunFailed, match="Slurm could not say how job 17 is"):
        jobs.status(run_id)


@pytest.mark.parametrize("state", ["PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "SUSPENDED", "REQUEUE_HOLD"])
def test_a_job_that_slurm_holds_is_alive(fake_squeue, state):
    assert jobs.status(fake_squeue(f"echo {state}")).is_alive


@pytest.mark.parametrize("script", ["exit 0", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1"])
def test_a_job_that_slurm_has_forgotten_is_dead(fake_squeue, script):
    assert jobs.status(fake_squeue(script)).message == jobs.VANISHED
