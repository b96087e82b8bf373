"""The read side: finding, reading and deleting runs."""

import dataclasses
import json
import math
import shutil
import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lab import jobs, registry, runs, store
from core.lab.errors import InputError
from core.lab.experiment import ROOT
from core.lab.runs import check_run_id, delete_run, glance, load_run, locate, read_request, request_to_json, run_ids
from core.lab.store import home
from tests.lab import toy
from tests.lab.experiments import TOY, read_trace
from tests.lab.registered import register


@pytest.mark.parametrize("text", ["01234567", "0123456789abcdef", "deadbeef00"])
def test_what_looks_like_a_run_id(text):
    assert check_run_id(text) == text


@pytest.mark.parametrize("text", [
    "", "0123456", "0123456789abcdef0", "0123456G", "ABCDEF01", "../../../etc", "01234567/", "0123456*", "01234567\n",
    "\u0660" * 8, "?" * 10, "[0-9a-f]*", "0" * 100_000])
def test_what_does_not(text):
    with pytest.raises(InputError, match="a run id must be 8 to 16 hexadecimal digits") as caught:
        check_run_id(text)
    assert len(str(caught.value)) < 250


@given(st.text(max_size=40))
def test_no_text_leads_out_of_the_home(text):
    with pytest.raises(InputError):
        locate(text)


def test_a_run_is_found_by_its_beginning(at_once):
    run_id = toy.submit((0,))
    assert locate(run_id) == locate(run_id[:8]) == (home(), run_id)
    (home() / "runs" / (run_id[:9] + "0000000")).mkdir()
    with pytest.raises(InputError, match="which fits 2: write more digits"):
        locate(run_id[:8])
    assert locate(run_id) == (home(), run_id)
    with pytest.raises(InputError, match="must name a stored run, got 'ffffffff'"):
        locate("ffffffff")


def test_the_gallery_is_looked_at_after_the_user_s_own_runs(at_once, monkeypatch, tmp_path):
    run_id = toy.submit((0,))
    shutil.copytree(home(), tmp_path / "gallery")
    monkeypatch.setattr(runs, "GALLERY", tmp_path / "gallery")
    assert locate(run_id) == (home(), run_id)
    shutil.rmtree(home())
    assert locate(run_id[:8]) == (tmp_path / "gallery", run_id)
    precomputed = load_run(*locate(run_id))
    assert precomputed.is_precomputed
    with pytest.raises(InputError, match="which ships with the house"):
        delete_run(run_id)


def test_a_run_over_its_seeds(at_once):
    loaded = load_run(home(), toy.submit((0, 1, 2), n_models=2))
    means = [result.mean for result in loaded.results]
    estimate = loaded.estimate("mean")
    assert estimate.value == pytest.approx(sum(means) / 3)
    assert estimate.low < estimate.value < estimate.high
    assert list(loaded.estimates()) == ["mean", "nothing", "control"]
    assert math.isnan(loaded.estimate("nothing").value)
    assert loaded.tables() == ("models",)
    table = loaded.table("models")
    assert list(table.columns) == ["seed", "model", "weight"]
    assert table["seed"].tolist() == [0, 0, 1, 1, 2, 2]
    assert [(verdict.claim.id, verdict.verdict) for verdict in loaded.verdicts] == [("zero", "inconclusive")]  # three seeds alone
    assert not loaded.is_precomputed
    cost = loaded.cost()
    assert cost["seconds"] == pytest.approx(sum(manifest["cost"]["seconds"] for manifest in loaded.manifests))
    assert math.isnan(cost["energy_kwh"])


def test_a_run_is_known_by_its_numbers_alone():
    request = toy.request((2, 0), n_models=2)
    assert request.seeds == (0, 2)
    assert toy.request((0, 2), n_models=2).run == request.run
    assert dataclasses.replace(request, device="auto", preset="lite", submitted=0.0).run == request.run
    assert toy.request((0, 1), n_models=2).run != request.run
    assert toy.request((0, 2), n_models=3).run != request.run


def test_a_request_is_read_back(at_once):
    request = toy.request((0, 1), n_models=2, seconds=0.01)
    jobs.submit(request)
    assert read_request(home(), request.run) == request


@pytest.mark.parametrize("change", [
    {"experiment": "unknown"}, {"experiment": None}, {"version": 2}, {"config": None}, {"config": {"n_models": 2}},
    {"seeds": [0, 1]}, {"seeds": None}, {"seeds": [None]}, {"seeds": ["0", 1]}, {"data": "other"}, {"device": "tpu"},
    {"device": None}, {"submitted": "now"}, {"submitted": []}, None, "text", [], 3])
def test_a_damaged_request_is_none(at_once, change):
    run_id = toy.submit((0,))
    path = toy.folder(run_id) / "spec.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change} if isinstance(change, dict) else change))
    assert read_request(home(), run_id) is None
    assert load_run(home(), run_id) is None


def test_a_run_under_another_id_is_none(at_once):
    run_id = toy.submit((0,))
    shutil.copytree(toy.folder(run_id), home() / "runs" / "0123456789abcdef")
    assert read_request(home(), "0123456789abcdef") is None


def test_a_later_version_of_the_experiment_does_not_show_old_numbers(at_once, monkeypatch):
    run_id = toy.submit((0,))
    register(monkeypatch, dataclasses.replace(TOY, version=2))
    assert load_run(home(), run_id) is None


def test_a_glance_gives_the_numbers_of_the_whole_run_without_its_tables(at_once, monkeypatch):
    run_id = toy.submit((0, 1, 2))
    whole = load_run(home(), run_id)
    monkeypatch.setattr(pd, "read_parquet", None)
    seen = glance(home(), run_id)
    assert repr(seen.estimates()) == repr(whole.estimates())
    assert repr(seen.verdicts) == repr(whole.verdicts)
    assert repr(seen.cost()) == repr(whole.cost())
    assert glance(home(), "0123456789abcdef") is None


def test_a_glance_at_a_damaged_run_sets_it_aside(at_once):
    run_id = toy.submit((0,))
    (manifest := next((home() / "results").glob("*/manifest.json"))).write_text(manifest.read_text().replace('"mean"', '"main"'))
    assert glance(home(), run_id) is None
    assert not manifest.exists()


def test_runs_are_listed_latest_first(at_once):
    ids = []
    for submitted, seed in ((3.0, 0), (1.0, 1), (2.0, 2)):
        ids.append(jobs.submit(dataclasses.replace(toy.request((seed,)), submitted=submitted)))
    (home() / "runs" / "junk").mkdir()
    (home() / "runs" / "junk" / "spec.json").write_text("[]")
    assert run_ids(home()) == [ids[0], ids[2], ids[1]]


def test_run_ids_before_anything_ran(toy_lab):
    assert run_ids(home()) == []


def test_deleting_spares_what_other_runs_need(at_once):
    both, first = toy.submit((0, 1)), toy.submit((0,))
    delete_run(both)
    assert load_run(home(), both) is None
    assert load_run(home(), first) is not None
    assert len(list((home() / "results").iterdir())) == 1
    delete_run(first[:8])
    assert list((home() / "results").iterdir()) == []
    assert run_ids(home()) == []
    with pytest.raises(InputError, match="must name a stored run"):
        delete_run(first)


def test_a_deleted_run_can_be_run_again(at_once):
    run_id = toy.submit((0,))
    delete_run(run_id)
    assert toy.submit((0,)) == run_id
    assert load_run(home(), run_id) is not None
    assert len([line for line in read_trace() if line[0] == "seed"]) == 2


def test_a_damaged_run_can_be_deleted(at_once):
    run_id = toy.submit((0,))
    (toy.folder(run_id) / "spec.json").write_text("{")
    delete_run(run_id)
    assert not toy.folder(run_id).exists()


def test_a_living_run_is_not_deleted(toy_lab):
    run_id = toy.submit((0,), ending="sleep")
    with pytest.raises(InputError, match="must have ended before it is deleted"):
        delete_run(run_id)
    jobs.cancel(run_id)
    delete_run(run_id)
    assert run_ids(home()) == []


def test_finding_an_experiment_imports_its_spec_and_no_other():
    code = ("import sys; from core.lab import registry; before = set(sys.modules); registry.find('spurious_retrain')\n"
            "print(*(name for name in sys.modules if name not in before and name.startswith('core.') and 'spec' in name))")
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {name.split(".")[1] for name in answer.stdout.split()} == {"spurious"}
    assert registry.find("privacy") is registry.find("privacy")


def test_the_lab_s_registry_finds_by_name(monkeypatch):
    register(monkeypatch, TOY)
    assert registry.find("toy") is TOY
    with pytest.raises(InputError, match="an experiment must be one of toy, got 'privcy'"):
        registry.find("privcy")


def test_what_a_spec_file_holds():
    request = toy.request((1, 0))
    spec = json.loads(json.dumps(request_to_json(request)))
    assert spec["run"] == request.run
    assert spec["seeds"] == [0, 1]
    assert spec["device"] == "cpu"
    assert store.run_key(TOY, request.config, (0, 1), "toy-data") == request.run
