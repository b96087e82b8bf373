"""The parts of a worker that are not about being killed."""

import sys
import types

import pandas as pd
import pytest

from core.lab import devices, folders, jobs, provenance, worker
from core.lab.experiment import ROOT, Table, result_fields
from core.lab.runs import load_run
from core.lab.store import home
from core.lab.summary import table_paths
from tests.lab import toy


@pytest.fixture
def progress(toy_lab, tmp_path):
    (toy_lab / "runs" / "x").mkdir(parents=True)
    return worker.Progress(toy_lab / "runs" / "x", toy.request((5, 6)))


def test_the_fraction_follows_the_weights_of_steps_and_seeds(progress):
    """Toy's steps weigh 3 and 1, and there are two seeds: half of step 0 of the second seed is 1/2 + 3/8 / 2."""
    progress.begin(0)
    progress.report(0.5)
    assert progress.status.fraction == pytest.approx(0.5 * 3 / 4 / 2)
    progress.begin(1)
    assert progress.status.fraction == pytest.approx(3 / 4 / 2)
    progress.update(seeds_done=1)
    progress.begin(0)
    progress.report(0.5, "half")
    assert progress.status.fraction == pytest.approx(0.5 + 3 / 8 / 2)
    assert progress.status.activity == "half"


@pytest.mark.parametrize("fraction, shown", [(-1.0, 0.0), (2.0, 1.0)])
def test_a_wrong_fraction_stays_within_its_step(progress, fraction, shown):
    progress.begin(0)
    progress.report(fraction)
    assert progress.status.fraction == pytest.approx(shown * 3 / 4 / 2)


def test_status_is_written_a_few_times_a_second(progress, monkeypatch):
    written = []
    monkeypatch.setattr(jobs, "write_status", lambda folder, status: written.append(status))
    progress.begin(0)
    for i in range(1000):
        progress.report(i / 1000)
    assert len(written) < 5


def test_events_name_the_seed(progress):
    progress.begin(0)
    progress.update(seeds_done=1)
    progress.report(0.1, curve={"epoch": 1.0, "train_loss": 0.5, "test_loss": None, "label": "a"})
    lines, _ = jobs.events("x")
    assert [(event["kind"], event["seed"]) for event in lines] == [("step", 5), ("curve", 6)]


def test_lost_events_do_not_cost_the_run(progress):
    (progress.folder / "events.ndjson").mkdir()
    progress.event("step", step=0)


def test_a_job_takes_a_free_gpu_by_its_number(toy_lab, monkeypatch):
    """With two GPUs, the second job gets number 1; torch is a stand-in, since there need not be a GPU."""
    chosen = []
    monkeypatch.setattr(devices, "cuda_devices", lambda: 2)
    monkeypatch.setitem(sys.modules, "torch", types.SimpleNamespace(
        cuda=types.SimpleNamespace(set_device=chosen.append)))
    with worker.slot(toy_lab, toy.request((0,)), "cuda"), worker.slot(toy_lab, toy.request((1,)), "cuda"):
        assert chosen == [0, 1]
        assert folders.is_locked(toy_lab / "slots" / "cuda-1.lock")
        assert not (toy_lab / "slots" / "cpu-0.lock").exists()
    assert not folders.is_locked(toy_lab / "slots" / "cuda-0.lock")


def test_workers_wait_asleep_and_find_the_house():
    environment = jobs.worker_environment()
    assert environment["OMP_WAIT_POLICY"] == "PASSIVE"
    assert environment["PYTHONPATH"].split(":")[0] == str(ROOT)


def test_where_numbers_come_from():
    assert provenance.versions()["python"].startswith("3.")
    assert {"numpy", "pandas", "torch"} <= set(provenance.versions())
    assert provenance.processor()
    assert provenance.commit() == "unknown" or len(provenance.commit().removesuffix("+changes")) == 12


def test_scripts_find_no_more_in_tables_than_exports_hold(at_once, monkeypatch):
    """What an experiment holds back stays out of the files that ``--json`` names, also where an older version wrote all of it."""
    held_back = Table("One row per model.", public=lambda table: table.assign(weight=0.0))
    monkeypatch.setattr("core.lab.runs.result_fields", fields := lambda result: {**result_fields(result), "models": held_back})
    monkeypatch.setattr("core.lab.summary.result_fields", fields)
    run_id = toy.submit((0, 1))
    place = toy.folder(run_id) / "tables" / "models.parquet"
    assert pd.read_parquet(place)["weight"].abs().sum() == 0.0
    run = load_run(home(), run_id)
    run.table("models").to_parquet(place)
    assert pd.read_parquet(place)["weight"].abs().sum() > 0.0
    assert pd.read_parquet(table_paths(run)["models"])["weight"].abs().sum() == 0.0
