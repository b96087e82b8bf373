"""The room of one setting: empty, and with a stored run."""

from core.compression.setting.experiment import run
from core.compression.setting.spec import COMPRESSION_SETTING
from core.lab import folders, jobs
from core.lab.experiment import Context
from core.lab.runs import Request
from core.lab.store import ModelStore, save_result
from core.lab.worker import manifest
from pages._ui.catalogue import differences
from tests.compression.test_setting import TINY
from tests.pages.audits import leave
from tests.pages.conftest import words

PAGE = "compression_setting"


def test_an_empty_house_offers_the_first_run(open_page):
    assert "Grow the first result" in words(open_page(PAGE))


def test_one_seed_has_its_figures_and_no_interval(open_page, own_home):
    asked = jobs.make_request(COMPRESSION_SETTING, TINY, (0,), preset="custom", device="cpu")
    folders.make_folder(own_home)
    context = Context(device="cpu", threads=1, models=ModelStore(own_home), begin=lambda step: None, report=lambda *told: None)
    save_result(own_home, asked.key(0), run(TINY, 0, context), manifest(asked, 0, context, {
        "seconds": 2.0, "energy_kwh": 1e-5, "co2_kg": 4e-6}))
    page = open_page(PAGE, run=leave(own_home, asked, jobs.Status("finished", fraction=1.0, seeds_done=1, started=1.0, ended=3.0)))
    assert page.header[0].value.startswith("Not decided: small groups lose")
    assert "one seed gives no interval" in page.header[0].value
    assert len(page.get("plotly_chart")) == 3
    assert "One seed, " in words(page)


def test_what_does_nothing_is_locked_and_says_so(open_page):
    """Bits under pruning, the share removed under rounding; a run in words names only what counts."""
    page = open_page(PAGE)
    bits, share, method = (f"compression_setting:bar:{name}" for name in ("qat_bits", "prune_percent", "method"))
    assert page.number_input(key=bits).disabled
    assert page.number_input(key=bits).help.endswith("Does nothing beside the other settings.")
    assert not page.text_input(key=share).disabled
    page.selectbox(key=method).set_value("round").run()
    assert not page.number_input(key=bits).disabled
    assert page.text_input(key=share).disabled


def test_runs_are_compared_by_what_counts():
    prune = TINY.replace(qat_bits=5)
    made = [Request(COMPRESSION_SETTING, config, (0,), "toy", "custom", "cpu", 0.0)
            for config in (TINY, prune, TINY.replace(method="round", qat_bits=2))]
    assert made[0].run == made[1].run != made[2].run
    assert differences(made[:2]) == {}
    rows = differences(made)
    assert set(rows) == {"Made smaller by", "Weight bits"}
    assert rows["Weight bits"] == ["does nothing", "does nothing", "2"]
