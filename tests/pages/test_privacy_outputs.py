"""The view on outputs alone under attack: empty, and with a stored run."""

from core.lab import folders, jobs
from core.lab.store import save_result
from core.lab.worker import manifest
from core.privacy.outputs.config import PrivacyOutputsConfig
from core.privacy.outputs.experiment import run
from core.privacy.outputs.spec import PRIVACY_OUTPUTS
from tests.pages.audits import leave
from tests.pages.conftest import words
from tests.privacy.test_outputs import CONTEXT

PAGE = "privacy_outputs"


def test_an_empty_house_says_what_to_bring(open_page):
    page = open_page(PAGE)
    assert "Grow the first result" in words(page)
    assert "reference_logits" in words(page)


def test_stored_parts_have_an_answer_and_figures(open_page, own_home):
    config = PrivacyOutputsConfig(parts=5)
    asked = jobs.make_request(PRIVACY_OUTPUTS, config, (0, 1, 2, 3, 4), preset="lite", device="cpu")
    folders.make_folder(own_home)
    for seed in asked.seeds:
        save_result(own_home, asked.key(seed), run(config, seed, CONTEXT), manifest(asked, seed, CONTEXT, {
            "seconds": 0.2, "energy_kwh": 1e-6, "co2_kg": 4e-7}))
    page = open_page(PAGE, run=leave(own_home, asked, jobs.Status("finished", fraction=1.0, seeds_done=5, started=1.0, ended=3.0)))
    assert page.header[0].value.startswith("Yes: members are given away")
    assert len(page.get("plotly_chart")) == 6
    assert "Who is exposed" in words(page)
