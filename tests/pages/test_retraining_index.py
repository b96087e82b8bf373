"""The calculator's room: empty, and with a stored run."""

from core.lab import folders, jobs
from core.lab.experiment import Context
from core.lab.store import ModelStore, save_result
from core.lab.worker import manifest
from core.retraining.calculator.experiment import run
from core.retraining.calculator.spec import RETRAINING_INDEX
from tests.pages.audits import leave
from tests.pages.conftest import words
from tests.retraining import tiny
from tests.retraining.test_calculator import CONFIG

PAGE = "retraining_index"


def test_an_empty_house_offers_the_first_run(open_page):
    assert "Grow the first result" in words(open_page(PAGE))


def test_one_seed_has_every_index_and_the_angles(open_page, own_home):
    asked = jobs.make_request(RETRAINING_INDEX, CONFIG, (0,), preset="custom", device="cpu")
    folders.make_folder(own_home)
    context = Context(device="cpu", threads=1, models=ModelStore(own_home), begin=lambda step: None, report=lambda *told: None)
    save_result(own_home, asked.key(0), run(CONFIG, 0, tiny.context()), manifest(asked, 0, context, {
        "seconds": 2.0, "energy_kwh": 1e-5, "co2_kg": 4e-6}))
    page = open_page(PAGE, run=leave(own_home, asked, jobs.Status("finished", fraction=1.0, seeds_done=1, started=1.0, ended=3.0)))
    assert not page.exception
    assert "RESQUE is" in page.header[0].value
    assert "Every index at once" in words(page)
    assert len(page.dataframe[0].value) == 16
    assert len(page.get("plotly_chart")) >= 1
    assert "ms of CPU time" in words(page)
