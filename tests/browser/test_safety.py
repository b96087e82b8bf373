"""The safety room as a visitor meets it: sliders rank the units anew."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import settle
from tests.safety import stored as safety

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def study(stored):
    """The id of a finished run in the home that the server shows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_ENERGY", "off")
        patch.setenv("GLASSHOUSE_HOME", str(stored[0]))
        return safety.store(stored[0])


def test_a_slider_ranks_the_units_anew(tab, study):
    page = tab(f"/safety?detail=full&run={study}", dark=True)
    page.locator(".js-plotly-plot").nth(2).wait_for()
    expect(page.get_by_text(re.compile("100% are both"))).to_be_visible()
    slider = page.get_by_role("slider", name="SCU (ESU), % of units")
    slider.focus()
    for _ in range(20):
        slider.press("ArrowRight")
    settle(page)
    expect(page.get_by_text(re.compile("100% are both"))).to_be_hidden()
