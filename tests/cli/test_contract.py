"""The command line as scripts see it: one JSON object, exit statuses, progress on stderr, stored results opened again."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

import core
from core.__main__ import main, stored_run
from core.lab.claims import WORDS
from core.lab.errors import InputError
from core.lab.experiment import ROOT

TINY = ["run", "privacy", "--set", "n_reference_models=3", "--set", "n_pool=200", "--set", "n_population=50", "--set", "epochs=2",
        "--set", "batch_size=32", "--set", "white_box=false"]


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
                          env=environment, timeout=600, check=False)
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


def test_a_notebook_opens_the_same_run(finished, capsys):
    found = core.run("privacy", n_reference_models=3, n_pool=200, n_population=50, epochs=2, batch_size=32, white_box=False,
                     seeds=range(3))
    assert found.request.run == finished["run"]
    assert found.estimate("auc").value == finished["metrics"]["auc"]["value"]
    assert len(found.verdicts) == len(finished["claims"])
    assert len(found.figure("roc").data) > 1
    assert list(found.table("attacks")["seed"].unique()) == [0, 1, 2]


@pytest.mark.parametrize(("words", "said"), [
    ({"epochs": 0}, "epochs must lie in"), ({"nonsense": 1}, "a setting must be one of"), ({"preset": "huge"}, "a preset of privacy"),
    ({"seeds": [-1]}, "seeds must be a list"), ({"seeds": []}, "seeds must be a list"), ({"dataset": "npz:/nowhere.npz"}, "nowhere")])
def test_a_notebook_is_told_what_is_wrong(words, said, home):
    with pytest.raises(InputError, match=said):
        core.run("privacy", **words)


def test_a_figure_that_the_room_does_not_have(finished):
    with pytest.raises(InputError, match="a figure of privacy must be one of roc"):
        stored_run(finished["run"]).figure("portrait")


def test_check_reads_everything_and_starts_nothing(finished, capsys, home):
    before = sorted((home / "runs").iterdir())
    told = object_of(capsys, *TINY, "--seeds", "0-4", "--check")
    assert (told["stored"], told["changed"]["epochs"], told["preset"]) == ([0, 1, 2], 2, "custom")
    assert told["seconds"] > 0
    assert main([*TINY, "--seeds", "0-2", "--check"]) == 0
    assert "nothing is left to compute" in capsys.readouterr().out
    assert main([*TINY, "--set", "dataset=npz:/nowhere.npz", "--check"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert sorted((home / "runs").iterdir()) == before


def test_check_says_what_was_read_and_changed(capsys, home, tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (400, 28, 28), np.uint8)
    np.savez(tmp_path / "own.npz", train_images=images, train_labels=np.arange(400)[:, None] % 2, test_images=images[:80],
             test_labels=np.arange(80)[:, None] % 2)
    told = object_of(capsys, *TINY, "--set", f"dataset=npz:{tmp_path / 'own.npz'}", "--check")
    assert told["read"][0]["words"] == "400 training and 80 test images of 28 x 28 x 1, 2 classes"
    assert "train_images was read as x_train" in told["read"][0]["notes"]
    assert "y_train stood in a column" in told["read"][0]["notes"]
