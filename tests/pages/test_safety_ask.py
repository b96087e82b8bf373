"""The page of one question: empty, and with stored answers, of which those that should be refusals stay behind a click."""

import pandas as pd
import pytest

from core.data.pairs import Pair
from core.lab import folders, jobs
from core.lab.experiment import Context
from core.lab.figure import LIGHT
from core.lab.runs import Run
from core.lab.store import ModelStore, save_result
from core.lab.worker import manifest
from core.safety.ask import figures
from core.safety.ask.config import AskConfig
from core.safety.ask.experiment import answer_table, numbers
from core.safety.ask.result import AskResult
from core.safety.ask.spec import SAFETY_ASK
from core.safety.ask.words import answer, why
from tests.pages.audits import leave
from tests.pages.conftest import press, words

PAGE = "safety_ask"
PAIRS = (Pair("bad one", "", "yours"), Pair("bad one", "", "x"), Pair("bad two", "", "x"), Pair("good", "fine", "y"))
SAID = (("Sorry, no.", "I can't help", "I cannot", "fine"), ("Here it <b>is</b>", "Take it", "", "fine"),
        ("Sorry, no.", "I can't help", "I cannot", "Sorry, no."))


def result() -> AskResult:
    table = answer_table([{"texts": list(texts), "mass": [0.5] * len(texts), "perplexity": 2.0} for texts in SAID], PAIRS, 2)
    lie = pd.DataFrame({"category": ["SCU", "SCU", "RU"], "layer": [1, 2, 2], "kind": ["mlp", "attention", "mlp"], "n_units": [5, 1, 2]})
    return AskResult(**numbers(table, [2.0, 3.0, 2.5]), share_removed=0.1, answers=table, removed=lie)


def request(seeds=(0,)):
    return jobs.make_request(SAFETY_ASK, AskConfig(), seeds, preset="lite", device="cpu")


@pytest.fixture
def asked(own_home):
    """The id of a finished question."""
    folders.make_folder(own_home)
    context = Context(device="cpu", threads=1, models=ModelStore(own_home), begin=lambda step: None, report=lambda *told: None)
    save_result(own_home, request().key(0), result(), manifest(request(), 0, context, {
        "seconds": 2.0, "energy_kwh": 1e-5, "co2_kg": 4e-6}))
    return leave(own_home, request(), jobs.Status("finished", fraction=1.0, seeds_done=1, started=1.0, ended=3.0))


def test_an_empty_house_offers_the_first_run(open_page):
    assert "Grow the first result" in words(open_page(PAGE))


def test_three_answers_stand_side_by_side_and_one_waits_for_a_click(open_page, asked):
    page = open_page(PAGE, run=asked)
    assert page.header[0].value.replace("\\", "").startswith("Not decided: of held-out requests 0.0% are refused")
    assert "The first held-out request is no longer refused." in page.header[0].value.replace("\\", "")
    assert len(page.get("plotly_chart")) == 2
    assert "Here it <b>is</b>" not in [code.value for code in page.code]
    page = press(page, "Show the answer")
    assert "Here it <b>is</b>" in [code.value for code in page.code]


def test_what_became_of_requests_adds_up():
    run = Run(request(), (result(),), (), None)
    shares = figures.outcome_shares(run)
    sums = shares.groupby(["is_harmful", "state"])["share"].sum()
    assert sums.to_numpy() == pytest.approx(1.0)
    at = shares.set_index(["is_harmful", "state", "outcome"])["share"]
    assert (at[True, "removed", "answered"], at[True, "removed", "broken"], at[False, "random", "refused"]) == (0.5, 0.5, 1.0)
    for figure in figures.FIGURES:
        drawn = figure.draw(run, LIGHT)
        assert all(axis.tickfont.color == LIGHT.ink for axis in (drawn.layout.xaxis, drawn.layout.yaxis, drawn.layout.xaxis2))
        assert 30 < len(figure.alt(run)) < 160
    assert answer(run).startswith("Not decided: ")
    assert why(run, 0.9).startswith("Less is still refused than you expected.")


def test_a_refused_prompt_stays_to_be_mended_and_nothing_is_run_meanwhile(open_page):
    """It would be a lie to erase what was typed, ask something else, and call the answer one to "your prompt"."""
    def asked(page):
        return next(box for box in page.text_input if box.label == "Your prompt")

    def run_button(page):
        return next(button for button in page.button if "play_arrow" in button.label)
    page = open_page(PAGE)
    asked(page).set_value("colour of Paris ?").run()
    next(box for box in page.text_input if box.label.startswith("SCU")).set_value("much").run()
    said = words(page).replace("\\", "")
    assert asked(page).value == "colour of Paris ?"
    assert "reads only words that it knows" in said
    assert "SCU (ESU) removed must be a number, got 'much'" in said, "both at once, by label"
    assert run_button(page).disabled
    asked(page).set_value("colour of bread ?").run()
    next(box for box in page.text_input if box.label.startswith("SCU")).set_value("2").run()
    assert page.session_state["safety_ask:settings"].config.prompt == "colour of bread ?"
    assert not run_button(page).disabled
