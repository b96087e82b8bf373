"""The room of calibration: empty, and with a stored run of one seed."""

from core.calibration.catalogue import POST_HOC
from core.calibration.live.desk import Desk
from core.calibration.study.experiment import run
from core.calibration.study.spec import CALIBRATION
from core.lab import folders, jobs
from core.lab.experiment import Context
from core.lab.store import ModelStore, save_result
from core.lab.worker import manifest
from pages._rooms.calibration import playground
from tests.calibration.tiny import CONFIG
from tests.pages.audits import leave
from tests.pages.conftest import words

PAGE = "calibration"
SMALL = CONFIG.replace(corruptions="contrast", levels="5", n_train=400, n_home=200, n_stream=128, epochs=1, course_passes=1)


class InPlace:
    """The live line without a process of its own, which tests/calibration/test_live.py has."""

    is_warm = True

    def __init__(self, desk: Desk) -> None:
        self.ask = desk.answer


def test_an_empty_house_offers_the_first_run(open_page):
    assert "Grow the first result" in words(open_page(PAGE))


def test_a_stored_seed_has_figures_verdicts_and_a_playground(open_page, own_home, monkeypatch):
    asked = jobs.make_request(CALIBRATION, SMALL, (0,), preset="custom", device="cpu")
    folders.make_folder(own_home)
    context = Context(device="cpu", threads=1, models=ModelStore(own_home), begin=lambda step: None, report=lambda *told: None)
    monkeypatch.setattr(playground, "_line", lambda: InPlace(Desk(context)))
    save_result(own_home, asked.key(0), run(SMALL, 0, context), manifest(asked, 0, context, {
        "seconds": 2.0, "energy_kwh": 1e-5, "co2_kg": 4e-6}))
    page = open_page(PAGE, run=leave(own_home, asked, jobs.Status("finished", fraction=1.0, seeds_done=1, started=1.0, ended=3.0)))
    assert page.header[0].value.replace("\\", "").startswith("Not decided: adapted by TENT")
    assert len(page.get("plotly_chart")) == 10, "nine figures and the playground's"
    before = [text.value for text in page.markdown if text.value.startswith("**TENT**")]
    repair = next(box for box in page.selectbox if box.label == "Repair")
    page.selectbox(key="measure").set_value("nll")
    page = repair.set_value(list(POST_HOC)[1]).run()
    assert not page.exception
    assert "negative log-likelihood" in str([chart.proto for chart in page.get("plotly_chart")])
    after = [text.value for text in page.markdown if text.value.startswith("**TENT**")]
    assert before
    assert after
    assert before != after
    assert "Certainty distillation" in words(page)
    tables = [list(table.value.columns) for table in page.table]
    assert any("Held, MB" in columns for columns in tables)
    methods = next(box for box in page.multiselect if box.label == "Methods")
    page = methods.set_value(["source", "t3a"]).run()
    assert not page.exception
    method = next(box for box in page.selectbox if box.label == "Method")
    page = method.set_value("come").run()
    assert not page.exception
    assert any(text.value.startswith("**COME**") for text in page.markdown), "the run left COME out: it was streamed live"
    assert "Streamed live in" in words(page)
