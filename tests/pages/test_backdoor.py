"""The backdoor page in every state."""

import pytest

from core.backdoor.study.spec import BACKDOOR
from tests.backdoor import stored
from tests.pages.conftest import words

PAGE = "pages/backdoor.py"


def test_an_empty_house_offers_the_first_run(open_page, own_home):
    page = open_page(PAGE)
    assert not page.exception
    assert not page.get("plotly_chart")


@pytest.mark.parametrize(("numbers", "begins"), [
    ({"gap_signature": 1.05, "asr_signature": 0.02, "asr_poisoned": 1.0}, "Yes: the trigger works on"),
    ({"gap_signature": 9.0, "asr_signature": 0.02, "asr_poisoned": 1.0}, "Hidden, not purified: the trigger works on"),
    ({"gap_signature": 9.0, "asr_signature": 0.98, "asr_poisoned": 1.0}, "No: the trigger works on")])
def test_a_sentence_that_is_gone_is_not_called_purified(open_page, own_home, numbers, begins):
    page = open_page(PAGE, run=stored.store(own_home, **numbers))
    assert not page.exception
    assert page.header[0].value.replace("\\", "").startswith(begins)
    said = words(page)
    assert all(claim.statement.split()[0] in said for claim in BACKDOOR.claims)
    assert "false alarms" in said


def test_views_and_answers(open_page, own_home):
    run = stored.store(own_home)
    for evidence in ("Map", "Share and variants", "Ability", "Published", "All arms", "Variants", "<b>"):
        page = open_page(PAGE, run=run, evidence=evidence)
        assert not page.exception, evidence
    assert any("triggered" in frame.value.columns for frame in page.dataframe)
