"""The LayerNorm room as a visitor meets it: samples through the epochs."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import settle
from tests.layernorm import stored as layernorm

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def run(stored):
    """The id of a finished run, in the home that the server shows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_ENERGY", "off")
        patch.setenv("GLASSHOUSE_HOME", str(stored[0]))
        return layernorm.store(stored[0])


def test_samples_step_through_the_epochs(tab, run):
    page = tab(f"/layernorm?detail=full&run={run}", dark=True)
    page.locator(".js-plotly-plot").nth(1).wait_for()
    slider = page.get_by_role("slider", name="After epoch")
    slider.focus()
    slider.press("ArrowLeft")
    settle(page)
    expect(page.get_by_text(re.compile("^After epoch 1, of 8: intact"))).to_be_visible()
