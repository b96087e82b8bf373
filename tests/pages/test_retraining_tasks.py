"""The room of new tasks: empty, and with a stored run."""

from core.lab import folders, jobs
from core.lab.experiment import Context
from core.lab.store import ModelStore, save_result
from core.lab.worker import manifest
from core.retraining.tasks.spec import RETRAINING_TASKS
from tests.pages.audits import leave
from tests.pages.conftest import words
from tests.retraining import tiny_tasks

PAGE = "retraining_tasks"


def test_an_empty_house_offers_the_first_run(open_page):
    assert "Grow the first result" in words(open_page(PAGE))


def test_one_seed_has_its_figures_and_no_interval(open_page, own_home):
    asked = jobs.make_request(RETRAINING_TASKS, tiny_tasks.CONFIG, (0,), preset="custom", device="cpu")
    folders.make_folder(own_home)
    context = Context(device="cpu", threads=1, models=ModelStore(own_home), begin=lambda step: None, report=lambda *told: None)
    save_result(own_home, asked.key(0), tiny_tasks.result(), manifest(asked, 0, context, {
        "seconds": 2.0, "energy_kwh": 1e-5, "co2_kg": 4e-6}))
    page = open_page(PAGE, run=leave(own_home, asked, jobs.Status("finished", fraction=1.0, seeds_done=1, started=1.0, ended=3.0)))
    assert page.header[0].value.startswith("Not decided")
    assert "RESQUE ranks new tasks" in page.header[0].value
    assert len(page.get("plotly_chart")) == 6
    never = page.caption[[one.value for one in page.caption].index(next(
        one.value for one in page.caption if "never reach this target" in one.value))].value
    page.slider[0].set_value(50).run()
    assert not page.exception
    assert page.slider[0].value == 50
    softer = next(one.value for one in page.caption if "never reach this target" in one.value)
    assert int(softer.split(" seeds. ")[1].split(" of ")[0]) < int(never.split(" seeds. ")[1].split(" of ")[0])
