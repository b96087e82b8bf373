"""The privacy room in every state, alone and through the router."""

import pytest

from core.lab import jobs
from core.lab.jobs import Status
from pages._ui.settings import Settings
from tests.pages import audits
from tests.pages.conftest import judged, press, words

PAGE = "privacy"


def test_an_empty_house_offers_the_first_run(open_page):
    page = open_page(PAGE)
    assert "Grow the first result" in words(page)
    assert any("Run the lite preset" in button.label for button in page.button)


def test_the_gallery_is_on_show_at_once(open_page, in_gallery):
    page = open_page(PAGE)
    assert "Precomputed" in words(page)
    assert page.header[0].value.startswith("Yes: the attack reaches AUC")
    assert len(page.metric) == 4
    assert all(metric.delta for metric in page.metric)


def test_a_permalink_reopens_exactly_this_result(open_page, audit):
    page = open_page(PAGE, run=audit)
    assert f"run {audit[:8]}" in words(page)
    assert page.query_params["run"] == audit


def test_eight_digits_of_a_run_are_enough(open_page, audit):
    assert open_page(PAGE, run=audit[:8]).query_params["run"] == audit


def test_every_claim_is_shown_with_its_control(open_page, audit):
    page = open_page(PAGE, run=audit)
    assert judged(page) == {(claim.statement, claim.control_words) for claim in audits.PRIVACY.claims}
    card = page.table[0].value.to_string()
    assert "Published" in card
    assert audits.PRIVACY.claims[0].control_words in card, "none is contradicted: the first in declared order is the one on show"


def test_oracle_and_transferred_thresholds_are_told_apart(open_page, audit):
    assert "oracle" in words(open_page(PAGE, run=audit))
    assert "transferred" in words(open_page(PAGE, run=audit, evidence="Real thresholds"))


@pytest.mark.parametrize("evidence, figures", [
    ("Every attack", 3), ("Who is exposed", 4), ("How it grows", 4), ("Real thresholds", 3), ("All runs", 3)])
def test_evidence_is_drawn_when_it_is_asked_for(open_page, audit, evidence, figures):
    page = open_page(PAGE, run=audit, evidence=evidence)
    assert len(page.get("plotly_chart")) == figures, "two figures stand always"


def test_the_method_is_typeset_once_it_is_opened(open_page, audit):
    assert not open_page(PAGE, run=audit).get("latex")


@pytest.mark.parametrize("run", ["../../etc/passwd", "deadbeefdeadbeef", "x" * 5000, "![x](http://example.org/x.png)", "\x00", "٠١٢٣٤٥٦٧"])
def test_an_address_that_names_nothing_is_one_clear_sentence(open_page, in_gallery, run):
    page = open_page(PAGE, run=run)
    assert "No such result" in words(page)
    assert "![x](" not in words(page)
    assert page.header[0].value.startswith("Yes")  # the precomputed result stays on show


@pytest.mark.parametrize("query", [{"attack": "nonsense"}, {"axes": "cubic"}, {"figure": "99999999999"}, {"present": "maybe"},
                                   {"predict": "2"}, {"split": "<b>"}, {"measure": "-1"}])
def test_junk_in_the_address_changes_nothing(open_page, in_gallery, query):
    assert open_page(PAGE, **query).header[0].value.startswith("Yes")


def test_predict_hides_the_answer_until_it_is_revealed(open_page, in_gallery):
    page = open_page(PAGE, predict="1")
    assert not page.header
    assert not page.metric
    page.slider[0].set_value(0.9)
    press(page, "Reveal")
    said = words(page)
    assert "below your guess of 0.90" in said
    assert "Yes: the attack" in said


def test_the_switch_asks_for_a_guess_first_and_paper_begins_with_a_summary(open_page, in_gallery):
    page = open_page(PAGE)
    paper = next(element.value for element in page.markdown if element.value.startswith("| Verdict | Claim |"))
    assert paper.count("\n") == 1 + len(audits.PRIVACY.claims)
    next(toggle for toggle in page.toggle if toggle.label == "Guess first").set_value(True).run()
    assert not page.exception
    assert not page.header
    assert page.query_params["predict"] == "1"
    press(page, "Skip")
    assert page.header


def test_a_guess_can_be_skipped(open_page, in_gallery):
    page = press(open_page(PAGE, predict="1"), "Skip")
    assert "Yes: the attack" in words(page)
    assert "your guess" not in words(page)


def test_a_cancelled_run_is_kept_in_view(open_page, own_home, in_gallery):
    run = audits.leave(own_home, audits.request(seeds=(7,)), Status("cancelled", started=10.0, ended=22.0, message="Nothing is lost."))
    said = words(open_page(PAGE, run=run))
    assert "Stopped by you after 12 s" in said
    assert "Result on show" in said


def test_a_failed_run_says_why_and_what_to_do(open_page, own_home, in_gallery):
    run = audits.leave(own_home, audits.request(seeds=(7,)), Status(
        "failed", started=1.0, ended=2.0, message="The disk is full: free some space, then run again."))
    page = open_page(PAGE, run=run)
    assert "The disk is full" in [heading.value for heading in page.subheader]
    assert "Free some space, then run again" in words(page).replace("\\", "")
    assert not page.error


def test_a_run_whose_worker_vanished_is_not_shown_as_running(open_page, own_home):
    run = audits.leave(own_home, audits.request(seeds=(7,)), Status("running", started=1.0))
    assert "killed" in words(open_page(PAGE, run=run))


def test_a_damaged_result_is_set_aside_and_computed_again(open_page, own_home, audit, monkeypatch):
    asked = []
    monkeypatch.setattr(jobs, "submit", lambda request: asked.append(request.run) or request.run)
    key = audits.request().key(1)
    (own_home / "results" / key / "roc.parquet").write_bytes(b"broken")
    page = open_page(PAGE, run=audit)
    assert "Set aside" in words(page)
    assert asked == [audit]
    assert not (own_home / "results" / key).exists()


def test_run_on_stored_settings_opens_at_once(open_page, audit):
    page = open_page(PAGE, run=audit)
    assert any("Run opens their result at once" in caption.value for caption in page.caption)
    press(page, "play_arrow")
    assert page.query_params["run"] == audit
    assert "Saved as run" in words(page)


def test_settings_that_break_a_rule_are_refused_in_words(open_page, in_gallery):
    page = open_page(PAGE)
    page.session_state["privacy:settings"] = Settings(audits.SMALL.replace(dataset="npz:/nowhere/at/all.npz"), (0,), "cpu", "custom")
    press(page, "play_arrow")
    said = words(page).replace("\\", "")
    assert "Failed" in said
    assert "/nowhere/at/all.npz" in said
    page.selectbox(key="privacy:bar:preset").set_value(audits.PRIVACY.presets[1].name).run()
    assert "Failed" not in words(page), "corrected settings take the card away"


def test_a_house_that_cannot_be_written_is_one_sentence(open_page, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("GLASSHOUSE_HOME", str(tmp_path / "file"))
    page = press(open_page(PAGE), "Run the lite preset")
    assert "GLASSHOUSE_HOME" in words(page).replace("\\", "")


def test_a_preset_fills_the_bar(open_page, in_gallery):
    page = open_page(PAGE)
    next(box for box in page.selectbox if box.label == "Preset").set_value("full")
    page.run()
    assert next(box for box in page.selectbox if box.label == "Data").value == "cifar10"


def test_the_router_shows_the_room(open_page, in_gallery):
    page = open_page("app.py")
    page.switch_page("pages/privacy.py").run()
    assert not page.exception
    assert "training images the attack names" in page.header[0].value, "in brief, until more is asked for"


def test_present_shows_question_answer_and_one_figure(open_page, in_gallery):
    page = open_page(PAGE)
    page.session_state["present"] = True
    page.run()
    assert not page.exception
    assert len(page.get("plotly_chart")) == 1
    assert not page.metric
