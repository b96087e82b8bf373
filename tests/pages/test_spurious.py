"""The room of spurious correlations in its states, with its slider and every view of the evidence."""

import shutil

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.lab import jobs
from core.lab.jobs import Status
from core.spurious.retrain.config import retrain_config
from tests.pages import audits, spurious_runs
from tests.pages.conftest import judged, press, words

PAGE = "spurious"


@pytest.fixture(scope="module")
def home_of_runs(tmp_path_factory):
    """One stored run, made once and copied to each test that wants it."""
    home = tmp_path_factory.mktemp("spurious")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_ENERGY", "off")
        patch.setenv("GLASSHOUSE_HOME", str(home))
        return home, spurious_runs.store(home, spurious_runs.request())


@pytest.fixture
def stored_run(home_of_runs, own_home):
    st.cache_resource.clear()
    shutil.copytree(home_of_runs[0], own_home)
    return home_of_runs[1]


def test_an_empty_house_offers_the_first_run_and_shows_the_marks(open_page, empty_gallery):
    page = open_page(PAGE)
    said = words(page)
    assert "Grow the first result" in said
    config = spurious_runs.LITE.config
    carriers = round(config.carrier_share * config.n_train)
    assert f"{carriers:,} of up to {config.n_train:,} images of Shirt with the mark" in said.replace("\\", "")
    assert len(page.get("image")) == 16


def test_a_finished_run_answers_first(open_page, stored_run):
    page = open_page(PAGE, run=stored_run)
    assert page.header[0].value.startswith("Yes: with the cue")
    assert len(page.metric) == 4
    assert set() < judged(page) <= {(claim.statement, claim.control_words) for claim in spurious_runs.SPURIOUS.claims}


def test_the_slider_reads_the_sweep(open_page, stored_run):
    page = open_page(PAGE, run=stored_run)
    slider = next(one for one in page.select_slider if one.label == "Pruned share of every class")
    assert slider.value == 0.5
    table = next(frame.value for frame in page.dataframe if "Removed" in frame.value)
    assert table.set_index("Removed").loc["hardest", "Images removed"] == 1800
    slider.set_value(0.25).run()
    assert not page.exception
    table = next(frame.value for frame in page.dataframe if "Removed" in frame.value).set_index("Removed")
    assert table.loc["hardest", "Images removed"] == 900
    assert table.loc["nothing", "Images removed"] == 0
    assert "hardest but no carriers" not in table.index, "that control was trained at the headline share alone"


def test_evidence_is_drawn_when_it_is_asked_for(open_page, stored_run):
    views = {"price": (4, "What it costs"), "regime": (4, "Do the carriers stand out?"), "rivals": (3, "Labels beyond the class"),
             "maps": (5, "Where the networks look"), "noise": (4, "what pruning removes"), "simplicity": (3, "What it was shown"),
             "scores": (3, "Which score to prune by"), "training": (3, "How the network trained")}
    page = open_page(PAGE, run=stored_run)
    for view, (figures, said) in views.items():
        page.session_state["evidence"] = view
        page.run()
        assert not page.exception, view
        assert len(page.get("plotly_chart")) == figures, f"{view}: two figures stand always"
        assert said in words(page), view


def test_the_verdict_of_the_test_stands_beside_the_histogram(open_page, stored_run):
    page = open_page(PAGE, run=stored_run, evidence="Regime", regime="Weak mark")
    assert "Hidden: the test does not tell carriers from the rest" in words(page).replace("\\", "")


def test_every_rival_names_its_labels(open_page, stored_run):
    page = open_page(PAGE, run=stored_run, evidence="Rivals")
    table = next(frame.value for frame in page.dataframe if "Labels it needs" in frame.value).set_index("Method")
    assert table.loc["GroupDRO", "Labels it needs"] == "group of every training image"
    assert table.loc["Pruning the hardest", "Labels it needs"] == "none"


def test_one_more_share_is_trained_from_the_page(open_page, own_home, stored_run, monkeypatch):
    monkeypatch.setattr(jobs, "submit", lambda request: spurious_runs.store(own_home, request))
    page = open_page(PAGE, run=stored_run)
    next(box for box in page.number_input if box.label == "Share (%)").set_value(42)
    press(page, "Train anew")
    said = words(page).replace("\\", "")
    assert "Hardest of every class, 42%: misled by the cue" in said
    assert "1,260 images removed, 20 carriers left" in said
    assert page.header[0].value.startswith("Yes"), "the room's own result stays on show"
    again = open_page(PAGE, run=stored_run, retrain=page.query_params["retrain"])
    assert "20 carriers left" in words(again), "the address finds it again"
    assert "carriers left;" not in words(open_page(PAGE, run=stored_run, retrain="../../etc"))


def test_a_pruning_that_empties_a_class_is_refused_in_words(open_page, stored_run):
    page = open_page(PAGE, run=stored_run)
    next(box for box in page.number_input if box.label == "Share (%)").set_value(100)
    press(page, "Train anew")
    assert "pruning must leave every class an image" in words(page).replace("\\", "")


def test_a_training_that_failed_or_was_cancelled_says_so(open_page, own_home, stored_run, monkeypatch):
    def left(status):
        def submit(request):
            return audits.leave(own_home, request, status)
        return submit
    monkeypatch.setattr(jobs, "submit", left(Status("failed", started=1.0, ended=2.0, message="The disk is full: free some space.")))
    assert "The disk is full" in words(press(open_page(PAGE, run=stored_run), "Train anew"))
    shutil.rmtree(own_home / "runs" / jobs.make_request(
        spurious_runs.SPURIOUS_RETRAIN, retrain_config(spurious_runs.LITE.config, "hardest", 0.35), (0,)).run)
    monkeypatch.setattr(jobs, "submit", left(Status("cancelled", started=1.0, ended=2.0, message="Nothing is lost.")))
    assert "Stopped by you" in words(press(open_page(PAGE, run=stored_run), "Train anew"))


def test_one_pruning_has_a_page_of_its_own(open_page, own_home, empty_gallery):
    config = retrain_config(spurious_runs.LITE.config, "hardest", 0.35)
    run = spurious_runs.store(own_home, jobs.make_request(spurious_runs.SPURIOUS_RETRAIN, config, (0, 1, 2)))
    page = open_page("spurious_retrain", run=run)
    assert page.header[0].value.startswith("Less misled:")
    assert len(page.get("plotly_chart")) == 1
    assert "Grow the first result" in words(open_page("spurious_retrain"))


def test_failed_and_cancelled_runs_are_kept_in_view(open_page, own_home, empty_gallery):
    run = audits.leave(own_home, spurious_runs.request(seeds=(7,)), Status(
        "failed", started=1.0, ended=2.0, message="The disk is full: free some space, then run again."))
    assert "Free some space, then run again" in words(open_page(PAGE, run=run)).replace("\\", "")
    run = audits.leave(own_home, spurious_runs.request(seeds=(8,)), Status("cancelled", started=10.0, ended=22.0))
    assert "Stopped by you after 12 s" in words(open_page(PAGE, run=run))


@pytest.mark.parametrize("changes, said", [
    ({"mark_size": 200}, "A patch must be between 1 and 26 pixels"),
    ({"dataset": "npz:/nowhere.npz"}, "/nowhere.npz"), ({"biased_class": 77}, "must be a class of Fashion-MNIST"),
    ({"dataset": "cifar10"}, "bundled set")])
def test_the_preview_says_what_it_cannot_show(changes, said):
    script = ("from core.spurious.config import SpuriousConfig\nfrom pages._rooms.spurious import preview\n"
              f"preview.draw_pictures(SpuriousConfig(**{changes!r}))")
    page = AppTest.from_string(script, default_timeout=60).run()
    assert not page.exception
    assert said in words(page).replace("\\", "")
    assert not page.get("image")


def test_the_preview_shows_known_groups(tmp_path):
    random = np.random.default_rng(0)
    y, attribute = np.repeat([0, 1], 60), np.tile([0, 1, 0], 40)
    arrays = {f"{kind}_{part}": value for part in ("train", "test") for kind, value in (
        ("x", random.integers(0, 256, (120, 16, 16), dtype=np.uint8)), ("y", y), ("attribute", attribute))}
    (tmp_path / "data").mkdir()  # the folder from which the app opens paths
    np.savez(tmp_path / "data" / "groups.npz", **arrays)
    changes = {"dataset": f"npz:{tmp_path / 'data' / 'groups.npz'}", "cue": "attribute", "biased_class": 0, "harmed_class": 1,
               "n_train": 20, "n_validation": 4, "share": 0.5, "sweep": "0.5"}
    script = ("from core.spurious.config import SpuriousConfig\nfrom pages._rooms.spurious import preview\n"
              f"preview.draw_pictures(SpuriousConfig(**{changes!r}))")
    page = AppTest.from_string(script, default_timeout=60).run()
    assert not page.exception
    assert "20 of 60 images of class 0 of the group" in words(page).replace("\\", "")
    assert len(page.get("image")) == 16


def test_junk_in_the_address_changes_nothing(open_page, stored_run):
    page = open_page(PAGE, run=stored_run, evidence="<b>", rules="-1", kind="9", retrain="٠١٢٣")
    assert page.header[0].value.startswith("Yes")


def test_present_shows_one_figure(open_page, stored_run):
    page = open_page(PAGE, run=stored_run)
    page.session_state["present"] = True
    page.run()
    assert len(page.get("plotly_chart")) == 1
    assert not page.get("image")


def test_a_guess_is_compared(open_page, stored_run):
    page = open_page(PAGE, run=stored_run, predict="1")
    page.slider[0].set_value(0.2)
    press(page, "Reveal")
    assert "above your guess of 20.0%" in words(page)
