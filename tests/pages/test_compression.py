"""The compression room in every state: empty, stored, failed, and each view of its evidence."""

import dataclasses

import pytest

from core.compression.groups import figures
from core.compression.groups.spec import COMPRESSION
from core.lab.figure import LIGHT
from core.lab.jobs import Status
from core.lab.runs import load_run
from tests.pages import compression_runs
from tests.pages.audits import leave
from tests.pages.conftest import judged, press, words

PAGE = "compression"


@pytest.fixture(scope="module")
def study_home(tmp_path_factory):
    """One stored study, made once."""
    home = tmp_path_factory.mktemp("study")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_HOME", str(home))
        return home, compression_runs.store(home, did_qat=0.06, did_prune=0.05, did_sham=0.0, did_ptq=0.001)


@pytest.fixture
def study(study_home, monkeypatch):
    """The id of the stored study, in a home that no test changes."""
    monkeypatch.setenv("GLASSHOUSE_HOME", str(study_home[0]))
    return study_home[1]


def test_an_empty_house_offers_the_first_run(open_page):
    page = open_page(PAGE)
    assert page.title[0].value == COMPRESSION.question
    assert "Grow the first result" in words(page)


def test_the_answer_names_who_pays_with_its_interval(open_page, study):
    page = open_page(PAGE, run=study)
    assert page.header[0].value.startswith("Small groups: they lose 6.1 pt more (5.9 to 6.3 pt) at 2 bits")
    assert len(page.metric) == 4
    assert len(page.get("plotly_chart")) == 7, "two that lead, two at the slider, three along the way"


def test_every_claim_is_shown_with_its_control(open_page, study):
    page = open_page(PAGE, run=study)
    assert judged(page) == {(claim.statement, claim.control_words) for claim in COMPRESSION.claims}


@pytest.mark.parametrize("family, evidence, charts", [
    ("Prune", "The chain", 14), ("Prune", "What goes with it", 6), ("Quantise", "The bound", 5), ("Prune", "Images lost", 4),
    ("Quantise", "Layers", 4), ("Quantise", "Census", 6)])
def test_evidence_is_drawn_when_it_is_asked_for(open_page, study, family, evidence, charts):
    page = open_page(PAGE, run=study, evidence=evidence, by=family)
    assert len(page.get("plotly_chart")) == charts


def test_the_slider_moves_over_what_is_stored(open_page, study):
    page = open_page(PAGE, run=study)
    slider = page.select_slider[0]
    assert slider.value == "qat-plain"
    slider.set_value("w4a4")
    page.run()
    assert not page.exception
    assert "4 bits, weights and activations" in words(page)


def test_junk_in_the_address_changes_nothing(open_page, study):
    junk = {"by": "nonsense", "evidence": "-1", "estimate": "x", "at-quantise": "w999", "lines": "<b>"}
    assert open_page(PAGE, run=study, **junk).header[0].value.startswith("Small groups")


def test_predict_hides_the_answer_until_it_is_revealed(open_page, study):
    page = open_page(PAGE, run=study, predict="1")
    assert not page.header
    press(page, "Reveal")
    assert "your guess of" in words(page)


def test_a_failed_run_says_why(open_page, own_home):
    run = leave(own_home, dataclasses.replace(compression_runs.request(), seeds=(9,)), Status(
        "failed", started=1.0, ended=2.0, message="The disk is full: free some space, then run again."))
    assert "The disk is full" in [heading.value for heading in open_page(PAGE, run=run).subheader]


@pytest.mark.parametrize("figure", figures.FIGURES, ids=[figure.id for figure in figures.FIGURES])
def test_every_figure_is_drawn_named_and_told(study, study_home, figure):
    run = load_run(study_home[0], study)
    drawn = figure.draw(run, LIGHT)
    assert drawn.data
    assert drawn.layout.xaxis.title.text
    alt = figure.alt(run)
    assert alt[-1] == "."
    assert len(alt) < 160
    assert not {"<", "nan"} & set(alt.lower().split())
