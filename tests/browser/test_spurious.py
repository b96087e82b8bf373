"""The spurious room as a visitor meets it: the slider answers at once."""

import re

import pytest
from playwright.sync_api import expect

from core.lab import jobs
from tests.browser.conftest import settle
from tests.pages import spurious_runs

pytestmark = pytest.mark.browser
TINY = spurious_runs.LITE.config.replace(
    n_train=40, n_validation=10, carrier_share=0.1, epochs=1, score_epoch=1, score_runs=1, width=4, model="mlp")


@pytest.fixture(scope="module")
def run(stored):
    """Id of a finished run on few images, in the home that the server shows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_ENERGY", "off")
        patch.setenv("GLASSHOUSE_HOME", str(stored[0]))
        return spurious_runs.store(stored[0], jobs.make_request(spurious_runs.SPURIOUS, TINY, (0, 1, 2), device="cpu"))


def test_the_slider_moves_the_strip(tab, run):
    page = tab(f"/spurious?detail=full&run={run}")
    expect(page.get_by_role("heading", name=re.compile("Yes: with the cue")).first).to_be_visible()
    strip = page.get_by_label(re.compile("Hardest of every class removed: misled by the cue"))
    before = strip.first.get_attribute("aria-label")
    handle = page.get_by_role("slider", name="Pruned share of every class")
    handle.focus()
    handle.press("ArrowRight")
    expect(page.get_by_text("60%", exact=True).first).to_be_visible()
    settle(page)
    assert strip.first.get_attribute("aria-label") != before
