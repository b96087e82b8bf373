"""The four verbs on whole runs: submit, status, events, cancel."""

import dataclasses
import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from core.lab import jobs, queue, worker
from core.lab.errors import InputError
from core.lab.experiment import ROOT, Context
from core.lab.runs import load_run, run_ids
from core.lab.store import ModelStore, home
from tests.lab import toy
from tests.lab.experiments import TOY, ToyConfig, read_trace, run

pytestmark = pytest.mark.usefixtures("toy_lab")


def submitted_elsewhere(*words: str) -> str:
    """Return the id of a run that another process submits; that process is killed right afterwards."""
    server = subprocess.run([sys.executable, "-m", "tests.lab.submitter", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.returncode == -9
    return server.stdout.strip()


def test_a_run_from_request_to_tables(tmp_path):
    request = toy.request((0, 1), n_models=2)
    assert jobs.status(request.run) is None
    run_id = jobs.submit(request)
    status = toy.finish(run_id)
    assert (status.state, status.fraction, status.seeds_done, status.message) == ("finished", 1.0, 2, "")
    assert request.submitted <= status.started <= status.ended <= time.time()
    loaded = load_run(home(), run_id)
    quiet = Context(device="cpu", threads=1, models=ModelStore(tmp_path), begin=lambda step: None,
                    report=lambda *words, **curve: None)
    for seed, result in zip((0, 1), loaded.results, strict=True):
        expected = run(request.config, seed, quiet)  # the worker's process and this one agree to the bit
        np.testing.assert_array_equal(result.values, expected.values)
        assert result.mean == expected.mean
    manifest = loaded.manifests[1]
    assert (manifest["seed"], manifest["config"]["n_models"], manifest["data"]) == (1, 2, "toy-data")
    assert manifest["threads"] >= 1
    assert manifest["cost"]["energy_kwh"] is None  # not measured, and it says so
    assert manifest["cost"]["seconds"] >= 0
    assert manifest["versions"]["numpy"] == np.__version__
    assert {path.name for path in (toy.folder(run_id) / "tables").iterdir()} == {"models.parquet"}
    assert not (toy.folder(run_id) / jobs.SCRATCH).exists()


def test_events_tell_steps_and_curves(at_once):
    run_id = toy.submit((4,), n_models=3)
    toy.finish(run_id)
    found, end = jobs.events(run_id)
    assert [event["title"] for event in found if event["kind"] == "step"] == ["Make the models", "End"]
    assert [event["epoch"] for event in found if event["kind"] == "curve"] == [0.0, 1.0, 2.0]
    assert {event["seed"] for event in found} == {4}
    assert end == (toy.folder(run_id) / "events.ndjson").stat().st_size
    assert jobs.events(run_id, end) == ([], end)


@pytest.fixture
def event_file(toy_lab):
    folder = toy_lab / "runs" / "0123456789abcdef"
    folder.mkdir(parents=True)
    return folder / "events.ndjson"


def test_a_line_that_is_still_being_written_waits(event_file):
    run_id = event_file.parent.name
    event_file.write_bytes(b'{"n": 1}\n{"n": 2')
    found, since = jobs.events(run_id)
    assert (found, since) == ([{"n": 1}], 9)
    event_file.write_bytes(b'{"n": 1}\n{"n": 2}\n{"n"')
    found, since = jobs.events(run_id, since)
    assert (found, since) == ([{"n": 2}], 18)


def test_junk_among_events_is_passed_over(event_file):
    event_file.write_bytes(b'{"n": 1}\n\xff\xfe\n{"n": \n5\nnull\n' + b"[" * 100_000 + b'\n{"n": 2, "t": "a\xe2\x80\xa8b"}\n')
    found, since = jobs.events(event_file.parent.name)
    assert [event["n"] for event in found] == [1, 2]
    assert since == event_file.stat().st_size


def test_events_of_a_run_started_anew_are_read_from_the_beginning(event_file):
    event_file.write_bytes(b'{"n": 1}\n')
    assert jobs.events(event_file.parent.name, 5000) == ([{"n": 1}], 9)
    assert jobs.events("fedcba9876543210", 40) == ([], 40)


def test_a_second_request_attaches(toy_lab):
    first, second = toy.request((0,), n_models=2, seconds=0.3), toy.request((0,), n_models=2, seconds=0.3)
    assert jobs.submit(first) == jobs.submit(second)
    toy.finish(first.run)
    assert jobs.submit(second) == first.run
    assert not jobs.status(first.run).is_alive  # nothing was started
    assert [line for line in read_trace() if line[0] == "seed"] == [["seed", "0"]]


def test_two_processes_asking_at_once_compute_once():
    command = [sys.executable, "-m", "tests.lab.submitter", "0-1", "n_models=2", "seconds=0.2"]
    servers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    runs = {server.communicate()[0].strip() for server in servers}
    assert len(runs) == 1
    assert toy.finish(*runs).state == "finished"
    assert sorted(line for line in read_trace() if line[0] == "seed") == [["seed", "0"], ["seed", "1"]]


def test_two_runs_that_share_a_seed_compute_it_once(monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_CPU_SLOTS", "2")
    runs = [toy.submit(seeds, n_models=1, seconds=0.8) for seeds in ((0, 1), (0, 2))]
    assert [toy.finish(run_id).state for run_id in runs] == ["finished", "finished"]
    assert sorted(line for line in read_trace() if line[0] == "seed") == [["seed", "0"], ["seed", "1"], ["seed", "2"]]
    assert [len(load_run(home(), run_id).results) for run_id in runs] == [2, 2]


def test_more_seeds_compute_only_the_new_ones(at_once):
    toy.finish(toy.submit((0, 1)))
    toy.finish(toy.submit((0, 1, 2)))
    assert [line for line in read_trace() if line[0] == "seed"] == [["seed", "0"], ["seed", "1"], ["seed", "2"]]


def test_a_run_whose_seeds_are_all_stored_starts_no_worker(at_once):
    toy.finish(toy.submit((0,)))
    toy.finish(toy.submit((1,)))
    both = toy.submit((0, 1))
    assert jobs.status(both).state == "finished"
    assert len(read_trace()) == 16  # two seeds with three models each, and no more
    assert load_run(home(), both) is not None


@pytest.mark.parametrize("broken", ["results/*/arrays.safetensors", "results/*/models.parquet", "results/*/manifest.json"])
def test_damage_to_a_finished_run_is_repaired_by_running_again(broken, at_once):
    request = toy.request((0, 1), n_models=1)
    toy.finish(jobs.submit(request))
    path = sorted(home().glob(broken))[0]
    os.truncate(path, path.stat().st_size // 2)
    assert load_run(home(), request.run) is None
    assert toy.finish(jobs.submit(toy.request((0, 1), n_models=1))).state == "finished"
    assert len(load_run(home(), request.run).results) == 2
    assert len([line for line in read_trace() if line[0] == "seed"]) == 3  # the damaged seed alone


def test_a_server_that_dies_leaves_the_run_to_the_next(toy_lab):
    run_id = submitted_elsewhere("0-1", "n_models=3", "seconds=0.3")
    assert jobs.status(run_id).is_alive
    toy.wait_for(lambda: jobs.events(run_id)[0])
    assert toy.finish(run_id).state == "finished"
    assert len(load_run(home(), run_id).results) == 2


def test_another_server_can_cancel(toy_lab):
    run_id = submitted_elsewhere("0", "n_models=1", "ending=sleep")
    number = toy.worker_of(run_id)
    toy.wait_for(lambda: ["ending", "sleep"] in read_trace())
    assert jobs.cancel(run_id).state == "cancelled"
    toy.wait_for(lambda: not toy.lives(number))


def test_an_error_of_the_input_fails_with_its_sentence(at_once):
    status = toy.finish(toy.submit((0,), ending="refuse"))
    assert (status.state, status.message) == ("failed", "ending must not be refuse, got refuse: choose another.")


def test_a_defect_fails_with_one_sentence_and_a_log():
    run_id = toy.submit((0,), ending="crash")
    status = toy.finish(run_id)
    assert status.state == "failed"
    assert status.message == "The run met an unexpected error (ZeroDivisionError): the log has the details."
    log = (toy.folder(run_id) / "log.txt").read_text()
    assert "Traceback" in log
    assert "as asked" in log


def test_a_worker_that_leaves_without_a_word():
    run_id = toy.submit((0,), ending="exit")
    status = toy.finish(run_id)
    assert (status.state, status.message) == ("failed", jobs.VANISHED)
    assert status.seconds == pytest.approx(status.ended - status.started)  # and its clock stands still


def test_a_failed_run_can_be_run_again_and_keeps_its_models(at_once):
    run_id = toy.submit((0,), n_models=2, ending="crash")
    toy.finish(run_id)
    before = len(read_trace())
    assert toy.submit((0,), n_models=2, ending="crash") == run_id
    toy.finish(run_id)
    assert [line[0] for line in read_trace()[before:]] == ["seed", "ending"]


def test_a_worker_that_finds_another_at_work_leaves():
    run_id = toy.submit((0,), ending="sleep")
    toy.worker_of(run_id)
    command = [sys.executable, "-m", "tests.lab.worker", str(toy.folder(run_id))]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert second.returncode == 1
    assert second.stderr == f"Run {run_id} already has a worker.\n"
    assert jobs.status(run_id).is_alive


def test_relative_paths_mean_the_same_to_worker_and_server(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLASSHOUSE_HOME", "here")
    assert toy.finish(toy.submit((0,))).state == "finished"
    assert list((tmp_path / "here" / "results").iterdir())


@pytest.mark.parametrize("seeds, device, words", [((), "cpu", "at least one seed"), ((0,), "tpu", "device must be one of")])
def test_requests_are_checked_before_anything_is_written(toy_lab, seeds, device, words):
    with pytest.raises(InputError, match=words):
        jobs.make_request(TOY, ToyConfig(), seeds, device=device)
    assert not toy_lab.exists()


@pytest.mark.parametrize("home_value", ["file", "file/below", "/proc/glasshouse"])
def test_a_home_that_cannot_be_written(monkeypatch, tmp_path, home_value):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GLASSHOUSE_HOME", str(tmp_path / home_value))
    with pytest.raises(InputError, match="GLASSHOUSE_HOME must be a folder that can be written"):
        toy.submit((0,))


def test_a_refused_launch_leaves_no_run(monkeypatch, toy_lab):
    monkeypatch.setenv("GLASSHOUSE_CLUSTER", "pbs")
    request = toy.request((0,))
    with pytest.raises(InputError, match="GLASSHOUSE_CLUSTER must be slurm or unset, got 'pbs'"):
        jobs.submit(request)
    assert jobs.status(request.run) is None
    assert list((toy_lab / "runs").iterdir()) == []


STATUS = dataclasses.asdict(jobs.Status("running"))


@pytest.mark.parametrize("text", [
    "", "{", "[]", "3", "{}", '{"state": "running"}', *(json.dumps({**STATUS, **change}) for change in (
        {"state": "melted"}, {"fraction": "x"}, {"more": 1}, {"message": None}, {"started": "now"}))])
def test_junk_as_status_reads_as_a_failed_run(text, at_once):
    run_id = toy.submit((0,))
    toy.finish(run_id)
    (toy.folder(run_id) / "status.json").write_text(text)
    status = jobs.status(run_id)
    assert (status.state, status.message) == ("failed", jobs.VANISHED)
    assert queue.ahead(home(), run_id) == []
    assert jobs.submit(toy.request((0,))) == run_id  # and asking again mends it
    assert jobs.status(run_id).state == "finished"


def test_a_damaged_request_fails_with_a_sentence(at_once):
    run_id = toy.submit((0,))
    toy.finish(run_id)
    (toy.folder(run_id) / "spec.json").write_text('{"experiment": "toy"}')
    assert worker.work(toy.folder(run_id)) == 1
    assert jobs.status(run_id).message.startswith("The request is damaged, or the app and its code are of different versions")


def test_every_look_at_a_starting_run_sees_it_alive():
    """A page that polls must never take a run that is being laid out for one that has died."""
    request = toy.request((0,), ending="sleep")
    code = ("import sys, time; from core.lab import jobs, registry; from tests.lab.experiments import SPECS\n"
            "registry.SPECS = SPECS; end = time.time() + 2; seen = set(); print('ready', flush=True)\n"
            "while time.time() < end: s = jobs.status(sys.argv[1]); seen.add(s and s.state)\n"
            "print(*sorted(map(str, seen)))")
    watcher = subprocess.Popen([sys.executable, "-c", code, request.run], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    watcher.stdout.readline()
    jobs.submit(request)
    seen = set(watcher.stdout.read().split())
    assert {"queued", "running"} & seen
    assert seen <= {"None", "queued", "running"}


@pytest.mark.parametrize("damage", ["{", "[]", None])
def test_a_finished_run_whose_request_is_lost_is_laid_out_anew(damage, at_once):
    """Its numbers are stored, so asking again brings it back without computing."""
    request = toy.request((0,))
    run_id = jobs.submit(request)
    toy.finish(run_id)
    spec = toy.folder(run_id) / "spec.json"
    spec.unlink() if damage is None else spec.write_text(damage)
    assert load_run(home(), run_id) is None
    assert jobs.submit(request) == run_id
    assert toy.finish(run_id).state == "finished"
    assert load_run(home(), run_id).request == request
    assert [line for line in read_trace() if line[0] == "seed"] == [["seed", "0"]]


@pytest.mark.parametrize("wild", [1e300, -5.0, 10**400, "yesterday", None])
def test_a_time_that_no_calendar_shows_is_damage(wild, at_once):
    run_id = toy.submit((0,))
    toy.finish(run_id)
    for name, field in (("spec.json", "submitted"), ("status.json", "ended")):
        place = toy.folder(run_id) / name
        whole = json.loads(place.read_text())
        place.write_text(json.dumps(whole | {field: wild}))
        if name == "spec.json":
            assert load_run(home(), run_id) is None
            assert run_id not in run_ids(home())
        elif wild is not None:  # a run that has not ended has no such time
            assert jobs.written_status(toy.folder(run_id)) is None
        place.write_text(json.dumps(whole))


def test_a_log_keeps_its_end_only(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "LOG_BYTES", 1000)
    monkeypatch.setattr(worker, "LOG_KEPT_BYTES", 100)
    log = tmp_path / "log.txt"
    with log.open("ab") as writer:
        writer.write(b"x" * 1000)
        writer.flush()
        worker.shorten_log(log)
        assert log.stat().st_size == 1000
        writer.write(b"the end")
        writer.flush()
        worker.shorten_log(log)
        writer.write(b", and on")
    text = log.read_text()
    assert text.endswith("x" * 93 + "the end, and on")
    assert "dropped" in text.splitlines()[0]
