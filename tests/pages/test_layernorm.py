"""The two LayerNorm pages in every state, alone and through the router."""

import shutil
from dataclasses import replace

import pytest

from core.lab import jobs
from core.lab.jobs import Status
from core.layernorm.gauge.spec import LAYERNORM_GAUGE
from core.layernorm.study.spec import LAYERNORM
from pages._rooms.layernorm import samples
from pages._ui import verdicts
from pages._ui.plain import plain
from tests.layernorm import stored
from tests.pages.conftest import judged, words

PAGE, GAUGE = "layernorm", "layernorm_gauge"


@pytest.fixture(scope="session")
def finished_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("layernorm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_ENERGY", "off")
        patch.setenv("GLASSHOUSE_HOME", str(home))
        return home, {"room": stored.store(home), "gauge": stored.store_gauge(home)}


@pytest.fixture
def runs(finished_home, own_home):
    """Ids of a finished run of each page."""
    shutil.copytree(finished_home[0], own_home, dirs_exist_ok=True)
    return finished_home[1]


@pytest.mark.parametrize("page", [PAGE, GAUGE])
def test_an_empty_house_offers_the_first_run(open_page, page):
    opened = open_page(page)
    assert "Grow the first result" in words(opened)
    assert not opened.get("plotly_chart")


def test_answer_numbers_figures_and_every_claim(open_page, runs):
    page = open_page(PAGE, run=runs["room"])
    assert page.header[0].value.startswith("No: stripped, the Post-LN model memorises")
    assert len(page.metric) == 4
    assert len(page.get("plotly_chart")) == 4
    assert set() < judged(page) <= {(claim.statement, claim.control_words) for claim in LAYERNORM.claims}, "the others have no number"


def test_claims_without_a_number_are_named_together():
    assert "From random weights" not in verdicts.unmeasured(stored.run())
    nothing = (float("nan"),) * 3
    said = verdicts.unmeasured(stored.run(memorised_drop_elr_post=nothing, learning_late_scratch_pre=nothing))
    assert said.startswith("Without a number here, since what they need was left out or not reached: ")
    assert "From random weights" in said
    assert "Early-learning regularisation prevents" in said


@pytest.mark.parametrize("evidence, charts, says", [
    ("Which layers", 4, "Which layers matter?"), ("Gradients", 3, "How gradients reach each norm"),
    ("Before training", 4, "One function, any price"), ("Rivals", 4, "stripping and its rivals"),
    ("Published rows", 3, "Published rows beside ours")])
def test_evidence_is_drawn_when_it_is_asked_for(open_page, runs, evidence, charts, says):
    page = open_page(PAGE, run=runs["room"], evidence=evidence)
    assert len(page.get("plotly_chart")) == charts, "two figures stand always"
    assert says in words(page)


def test_samples_step_through_the_epochs(open_page, runs):
    page = open_page(PAGE, run=runs["room"])
    slider = next(slider for slider in page.select_slider if slider.key == "samples-epoch")
    last = words(page)
    page = slider.set_value(slider.options[0]).run()
    assert not page.exception
    assert plain(f"After epoch {slider.options[0]}, of 8: intact") in words(page)
    assert words(page) != last
    rows = next(frame.value for frame in page.dataframe if "image" in frame.value)
    assert {"image", "true", "given", "pred_intact", "pred_all"} <= set(rows.columns)
    assert (rows["true"] != rows["given"]).all()
    assert rows["image"].str.startswith("data:image/png;base64,").all()


def test_another_variant_stands_beside_the_intact_model(open_page, runs):
    page = open_page(PAGE, run=runs["room"])
    page = page.selectbox(key="variant").set_value("elr").run()
    assert not page.exception
    assert plain("Early-learning regularisation: ") in words(page)
    assert any("pred_elr" in frame.value for frame in page.dataframe)


def test_junk_in_the_address_changes_nothing(open_page, runs):
    junk = {"variant": "<b>", "evidence": "-1", "samples-of": "both", "measure": "x" * 500, "figure": "99"}
    assert open_page(PAGE, run=runs["room"], **junk).header[0].value.startswith("No: ")


def test_a_projector_shows_the_answer_and_one_figure(open_page, runs):
    page = open_page(PAGE, run=runs["room"])
    page.session_state["present"] = True
    page.run()
    assert not page.exception
    assert len(page.get("plotly_chart")) == 1
    assert not page.metric


def test_the_gauge_is_answer_and_two_figures(open_page, runs):
    page = open_page(GAUGE, run=runs["gauge"])
    assert page.header[0].value.startswith("Not decided: stripping one and the same Pre-LN function costs")
    assert len(page.get("plotly_chart")) == 2
    said = words(page)
    assert all(plain(claim.statement) in said for claim in LAYERNORM_GAUGE.claims)


def test_a_failed_run_says_what_to_do(open_page, own_home):
    run = stored.leave(own_home, stored.request((5,)), Status("failed", message="the loss must stay finite, but became nan: lower it."))
    said = words(open_page(PAGE, run=run))
    assert "The loss must stay finite" in said or "lower it" in said.lower()
    assert not jobs.status(run).is_alive


def test_texts_stand_where_images_would():
    result = stored.trained()
    said = result.predictions[(result.predictions["placement"] == "post") & (result.predictions["epoch"] == 4)]
    written = replace(result, samples=result.samples.assign(text="[a](http://example.org) <b>"))
    rows, columns = samples.table(written, said, "all")
    assert next(iter(columns)) == "text"
    assert "image" not in rows
    assert set(rows["text"]) == {"[a](http://example.org) <b>"}
    assert samples.summary(rows, "all", 4).startswith("After epoch 4, of 8: intact: ")
