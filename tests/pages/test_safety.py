"""The safety page in every state, alone: what it shows, what it hides, and that a model's text stays text."""

import io
import shutil
import zipfile
from dataclasses import replace

import pandas as pd
import pytest

from core.lab import export
from core.lab.jobs import Status
from core.safety.units.spec import SAFETY
from core.safety.units.words import PLACES
from core.safety.withheld import WITHHELD, is_withheld, public_answers
from pages._rooms.safety import evidence
from pages._rooms.safety.live import ask_config
from tests.pages.conftest import judged, press, words
from tests.safety import stored

PAGE = "safety"


@pytest.fixture(scope="session")
def finished_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("safety")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_ENERGY", "off")
        patch.setenv("GLASSHOUSE_HOME", str(home))
        return home, stored.store(home)


@pytest.fixture
def run(finished_home, own_home):
    """The id of a finished run."""
    shutil.copytree(finished_home[0], own_home, dirs_exist_ok=True)
    return finished_home[1]


def test_an_empty_house_offers_the_first_run(open_page):
    opened = open_page(PAGE)
    assert "Grow the first result" in words(opened)
    assert not opened.get("plotly_chart")


def test_answer_numbers_figures_and_every_claim(open_page, run):
    page = open_page(PAGE, run=run)
    assert page.header[0].value.startswith(tuple(PLACES.values()))
    assert len(page.metric) == 4
    assert len(page.get("plotly_chart")) == 4
    assert judged(page) == {(claim.statement, claim.control_words) for claim in SAFETY.claims}


EVIDENCE = {  # how many charts there are with it, and what it says
    "Attack": (5, "Refusals along ordinary fine-tuning"), "Transfer": (4, "Where the categories go"),
    "Budget": (5, "Aligning by redundant units alone: cost"), "Direction": (5, "Which way the model leans"),
    "What they write": (3, "Every later block is skipped"), "Blocks": (5, "Would other prompts find the same units?"),
    "Score scales": (4, "What other score scales would find"), "Published rows": (4, "Published removals beside ours")}


def test_evidence_is_drawn_when_it_is_asked_for(open_page, run):
    """In one test, so that figures drawn once are kept."""
    for shown, (charts, says) in EVIDENCE.items():
        page = open_page(PAGE, run=run, evidence=shown)
        assert len(page.get("plotly_chart")) == charts, f"{shown}: three figures stand always"
        assert says in words(page).replace("\\", ""), shown


def test_a_slider_ranks_the_units_anew(open_page, run):
    page = open_page(PAGE, run=run)
    assert "100% are both" in words(page)
    slider = next(slider for slider in page.slider if slider.key.endswith(":scu"))
    page = slider.set_value(15.0).run()
    assert not page.exception
    assert "100% are both" not in words(page)


def test_junk_in_the_address_changes_nothing(open_page, run):
    junk = {"evidence": "-1", "judge": "<b>", "measure": "x" * 500, "scale": "none", "beside": "nobody", "asked": "?"}
    assert open_page(PAGE, run=run, **junk).header[0].value.startswith(tuple(PLACES.values()))


def test_a_projector_shows_the_answer_and_one_figure(open_page, run):
    page = open_page(PAGE, run=run)
    page.session_state["present"] = True
    page.run()
    assert not page.exception
    assert len(page.get("plotly_chart")) == 1
    assert not page.metric


def answers(**changes: object) -> pd.DataFrame:
    """Return the answers of two states to one harmful request, the second of which is no refusal."""
    one = {"prompt": "how *to*", "topic": "locks", "is_harmful": True, "first_token": 0.9, "phrase": True}
    return pd.DataFrame([{**one, "state": "aligned", "answer": "No.", "prefix": True},
                         {**one, "state": "scu", "answer": "First <b>you</b>", "prefix": False, **changes}])


def test_what_is_no_refusal_is_held_back_and_only_there():
    table = answers()
    assert is_withheld(table).tolist() == [False, True]
    assert public_answers(table)["answer"].tolist() == ["No.", WITHHELD]
    assert public_answers(answers(is_harmful=False))["answer"].tolist() == ["No.", "First <b>you</b>"]
    assert table["answer"].tolist() == ["No.", "First <b>you</b>"], "the stored table is as it was"


def test_exports_hold_answers_back_unless_they_are_asked(tmp_path):
    secret = replace(stored.result(0), answers=answers())
    run = replace(stored.run(seeds=(0,)), results=(secret,))
    for whole, there in ((False, False), (True, True)):
        with zipfile.ZipFile(io.BytesIO(export.export_tables(run, whole=whole))) as archive:
            assert ("First <b>you</b>" in archive.read("answers.csv").decode()) == there
        path = export.write(run, str(tmp_path / "answers.csv"), table="answers", whole=whole)
        assert ("First <b>you</b>" in path.read_text()) == there
    assert run.holds_back
    assert SAFETY.name == run.request.experiment.name


def test_an_answer_is_shown_after_a_click_and_as_text(open_page, own_home, monkeypatch):
    monkeypatch.setattr(stored, "result", lambda seed: replace(stored.studied(), answers=answers(), **{
        name: values[seed] for name, values in stored.NUMBERS.items()}))
    page = open_page(PAGE, run=stored.store(own_home, (0, 1, 2)))
    assert "First <b>you</b>" not in [code.value for code in page.code]
    assert "how *to*" in [text.value for text in page.text]
    page = press(page, "Show the answer")
    assert "First <b>you</b>" in [code.value for code in page.code]


def test_spaces_in_tokens_stay_visible():
    assert evidence.separated(" sorry\ncan't") == "␣sorry  can't"


def test_a_failed_run_says_what_to_do(open_page, own_home):
    run = stored.leave(own_home, stored.request((5,)), Status("failed", message="the loss must stay finite, but became nan: lower it."))
    page = open_page(PAGE, run=run)
    assert "lower it" in words(page).lower()


def test_a_question_takes_out_what_is_chosen_at_the_shares_of_the_sliders():
    config = ask_config(stored.run(seeds=(0,)), " colour of bread ? ", ["scu", "ru"], {"scu": 7.5, "ucu": 5.0, "ru": 20.0}, "rank")
    assert (config.scu_percent, config.ucu_percent, config.ru_percent) == (7.5, 0.0, 20.0)
    assert (config.prompt, config.normalisation, config.model) == ("colour of bread ?", "rank", "topics")


def test_a_word_that_the_model_does_not_know_is_refused_in_a_sentence(open_page, run):
    page = open_page(PAGE, run=run)
    next(box for box in page.text_input if box.key.endswith(":ask:prompt")).set_value("colour of Paris ?")
    page = press(page, "Take out and ask")
    assert "reads only words that it knows" in words(page)


def test_the_real_model_is_shown_first_and_the_small_one_a_click_away(open_page, own_home, empty_gallery):
    small, real = stored.store(empty_gallery, preset="lite"), stored.store(empty_gallery, preset="standard")
    page = open_page(PAGE)
    assert "standard preset" in words(page)
    row = next(group for group in page.segmented_control if group.key == "safety:shipped")
    assert list(row.options) == ["SmolLM2, 135 million weights", "Topic model, trained in the run"]
    page = row.set_value(small).run()
    assert not page.exception
    assert page.query_params["run"] == [small] or page.query_params["run"] == small
    assert "lite preset" in words(page)
    assert real != small
