"""The backdoor page in every state."""

import pytest

from pages._rooms.backdoor.live import ask_config
from tests.backdoor import stored
from tests.pages.conftest import press, words

PAGE, ASK, TABLE = "backdoor", "backdoor_ask", "backdoor_attacks"


def test_an_empty_house_offers_the_first_run(open_page, own_home):
    page = open_page(PAGE)
    assert not page.get("plotly_chart")


@pytest.mark.parametrize(("numbers", "begins"), [
    ({"gap_signature": 1.05, "asr_signature": 0.02, "asr_poisoned": 1.0}, "Yes: the trigger works on"),
    ({"gap_signature": 9.0, "asr_signature": 0.02, "asr_poisoned": 1.0}, "Hidden, not purified: the trigger works on"),
    ({"gap_signature": 9.0, "asr_signature": 0.98, "asr_poisoned": 1.0}, "No: the trigger works on")])
def test_a_sentence_that_is_gone_is_not_called_purified(open_page, own_home, numbers, begins):
    page = open_page(PAGE, run=stored.store(own_home, **numbers))
    assert page.header[0].value.replace("\\", "").startswith(begins)
    assert "false alarms" in words(page)


def test_views_and_answers(open_page, own_home):
    run = stored.store(own_home)
    charts = {}
    for evidence in ("Map", "All arms", "<b>"):
        page = open_page(PAGE, run=run, evidence=evidence)
        charts[evidence] = len(page.get("plotly_chart"))
    assert charts == {"Map": 4, "All arms": 3, "<b>": 4}
    assert any("triggered" in frame.value.columns for frame in page.dataframe)


def test_the_playground_asks_the_models_of_the_run_on_show(open_page, own_home):
    shown = stored.run()
    config = ask_config(shown, " colour of bread ? ", "latent", 20.0, 1)
    assert (config.prompt, config.treatment, config.share_percent, config.n_used) == ("colour of bread ?", "latent", 20.0, 1)
    assert config.poison_steps == stored.TINY.poison_steps
    page = open_page(PAGE, run=stored.store(own_home))
    page.text_input(key=next(box.key for box in page.text_input if box.label == "Your prompt")).set_value("colour of Paris ?")
    press(page, "Cut and ask")
    assert "reads only words that it knows" in words(page)


def test_one_cut_shows_every_state_with_and_without_the_trigger(open_page, own_home):
    page = open_page(ASK, run=stored.store_asked(own_home))
    answers = stored.asked().answers["answer"]
    assert [code.value for code in page.code[:8]] == [text or " " for text in answers]
    assert len(page.get("plotly_chart")) == 1


def test_the_table_over_attacks_counts_alarms_with_exact_intervals(open_page, own_home):
    page = open_page(TABLE, run=stored.store_table(own_home))
    assert len(page.get("plotly_chart")) == 3
    alarms = next(frame.value for frame in page.dataframe if "false" in frame.value.columns)
    assert alarms["false"].str.endswith(" of 6").all(), "two clean models in each of three seeds"
    assert alarms["caught"].str.endswith(" of 15").all()
