"""The defence rooms as a visitor meets them: a click on the map leads to that defence alone."""

import pytest
from playwright.sync_api import expect

from core.privacy.defence.spec import PRIVACY_DEFENCE
from core.privacy.map.config import MapConfig
from core.privacy.map.spec import PRIVACY_MAP
from tests.browser.conftest import settle
from tests.pages import defence_runs

pytestmark = pytest.mark.browser
MAP = MapConfig(defences="srcm", **defence_runs.TINY)


@pytest.fixture(scope="module")
def runs(stored):
    """Ids of a map and of one point of it alone, in the home that the server shows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_ENERGY", "off")
        patch.setenv("GLASSHOUSE_HOME", str(stored[0]))
        return {"map": defence_runs.store(stored[0], PRIVACY_MAP, MAP),
                "srcm": defence_runs.store(stored[0], PRIVACY_DEFENCE, defence_runs.alone("srcm"))}


def points(page):
    page.locator(".js-plotly-plot .scatterlayer .point").first.wait_for()
    return page.locator(".js-plotly-plot").first.locator(".scatterlayer .point")


def test_a_click_on_the_map_opens_that_defence(tab, runs):
    page = tab(f"/privacy?view=map&detail=full&run={runs['map']}")
    points(page).nth(2).click(force=True)  # plain, 10, 15: the middle strength, which has a run of its own
    page.get_by_text(f"Open its run {runs['srcm'][:8]}").click()
    expect(page.get_by_text("What does one defence buy")).to_be_visible()
    settle(page)
    assert f"run={runs['srcm']}" in page.url
    assert "view=defence" in page.url
