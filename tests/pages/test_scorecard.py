"""The scorecard's page: empty, with a stored card, with rows that arrive; and where a repair begins."""

import pytest

from core.lab import folders, jobs, registry
from core.lab.runs import load_run
from core.lab.store import save_result
from core.lab.worker import manifest
from core.scorecard.card.config import ScorecardConfig
from core.scorecard.card.experiment import run
from core.scorecard.card.spec import SCORECARD
from core.scorecard.repairs import repair_of
from core.scorecard.subjects import family_of
from core.scorecard.table import BY_ID, LENSES
from pages._rooms.scorecard.arriving import rows
from tests.pages.audits import leave
from tests.pages.conftest import words
from tests.scorecard.tiny import context

PAGE = "pages/scorecard.py"


@pytest.fixture
def stored(own_home):
    """The id of a stored card of the example outputs, with limits."""
    config = ScorecardConfig(subject="outputs:example", limits="demo+worst_group>=99%")
    asked = jobs.make_request(SCORECARD, config, (100,), preset="custom", device="cpu")
    folders.make_folder(own_home)
    save_result(own_home, asked.key(100), run(config, 100, context()), manifest(asked, 100, context(), {
        "seconds": 0.2, "energy_kwh": 1e-6, "co2_kg": 4e-7}))
    return leave(own_home, asked, jobs.Status("finished", fraction=1.0, seeds_done=1, started=1.0, ended=3.0))


def test_an_empty_house_offers_the_first_card(open_page):
    assert "Grow the first result" in words(open_page(PAGE))


def test_a_stored_card_shows_rows_verdicts_and_what_is_missing(open_page, stored):
    page = open_page(PAGE, run=stored, detail="full")
    said = words(page)
    assert page.header[0].value.startswith("Beyond: of 4 limits 1 kept, 1 exceeded, 2 not measured")
    assert "**Beyond**" in said
    assert "Whom does it serve worst?" in said
    assert "A report one can sign" in said
    assert any("needs the network itself" in table.value.to_string() for table in page.table)


def test_in_brief_the_rows_lead_and_nothing_else_is_drawn(open_page, stored):
    said = words(open_page(PAGE, run=stored, detail="brief"))
    assert "**Beyond**" in said
    assert "A report one can sign" not in said


def test_rows_that_arrive_are_told_in_words():
    events = [{"kind": "curve", "row": "leak", "subject": 0, "value": 0.2, "low": 0.17, "high": 0.23, "counts": "203 of 1,000 members"},
              {"kind": "curve", "row": "cue", "subject": 0, "needs": "needs the network itself"},
              {"kind": "curve", "epoch": 1.0, "train_loss": 2.0}, {"kind": "curve", "row": "leak", "subject": 1, "value": 0.9}]
    assert [row["Found"] for row in rows(events)] == ["20.0% (17.0% to 23.0%)", "needs the network itself"]


def test_a_repair_begins_with_the_subject_filled_in():
    config, note = repair_of(BY_ID["leak"], ScorecardConfig(subject="house:leaky", n_references=8))
    assert (config.n_reference_models, config.epochs, config.n_pool) == (8, 40, 1000)
    assert "Found with references" in note
    assert repair_of(BY_ID["pruned"], ScorecardConfig())[0].prune_percent == 80.0


@pytest.mark.parametrize(("subject", "filled"), [
    ("house:leaky", {"epochs": 40, "weight_decay": 0.0}), ("weights:/tmp/mine.safetensors", {"dataset": "digits", "data": "digits"}),
    ("onnx:/tmp/mine.onnx", {"dataset": "digits", "data": "digits"}), ("language:topics", {"model": "topics"}),
    ("language:smollm2", {"model": "smollm2"}), ("language:transformers:/tmp/mine", {"model": "transformers:/tmp/mine"}),
    ("transformers:/tmp/mine", {"dataset": "digits"})])
def test_every_row_opens_its_repair_with_what_is_known_of_the_subject(subject, filled):
    asked = ScorecardConfig(subject=subject, dataset="digits")
    for lens in LENSES:
        if not lens.repair or lens.family != family_of(subject):
            continue
        config, note = repair_of(lens, asked)
        assert type(config) is registry.find(lens.repair).config
        assert all(getattr(config, name, value) == value for name, value in filled.items()), (lens.id, config)
        assert lens.label in note
        if lens.concern == "backdoor":
            assert config.is_suspicious == subject.startswith("language:transformers:")


def test_what_is_stored_can_be_read_again(stored, own_home):
    assert load_run(own_home, stored).results[0].rows["verdict"].tolist().count("beyond") >= 1
