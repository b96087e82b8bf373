"""The room of retraining cost: empty, and with a stored run."""

from core.lab import folders, jobs
from core.lab.experiment import Context
from core.lab.store import ModelStore, save_result
from core.lab.worker import manifest
from core.retraining.shifts.spec import RETRAINING
from tests.pages.audits import leave
from tests.pages.conftest import words
from tests.retraining import tiny

PAGE = "retraining"


def test_an_empty_house_offers_the_first_run(open_page):
    assert "Grow the first result" in words(open_page(PAGE))


def test_one_seed_has_its_figures_and_no_interval(open_page, own_home):
    asked = jobs.make_request(RETRAINING, tiny.CONFIG, (0,), preset="custom", device="cpu")
    folders.make_folder(own_home)
    context = Context(device="cpu", threads=1, models=ModelStore(own_home), begin=lambda step: None, report=lambda *told: None)
    save_result(own_home, asked.key(0), tiny.result(), manifest(asked, 0, context, {
        "seconds": 2.0, "energy_kwh": 1e-5, "co2_kg": 4e-6}))
    page = open_page(PAGE, run=leave(own_home, asked, jobs.Status("finished", fraction=1.0, seeds_done=1, started=1.0, ended=3.0)))
    assert page.header[0].value.startswith("Not decided")
    assert "RESQUE ranks cost" in page.header[0].value
    assert len(page.get("plotly_chart")) == 3  # a tiny run has no pair and no energy
    assert "Slide the target" in words(page)
    page.slider[0].set_value(20).run()
    assert not page.exception
    assert page.slider[0].value == 20
    assert "never reach this target" in words(page)
    page.segmented_control(key="models").set_value("several").run()
    assert not page.exception
    assert "Which model each index names" in words(page)
    assert "Slide the target" not in words(page)
