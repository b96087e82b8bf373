"""Whoever cannot see or point: axe finds nothing serious that is ours on any page, and the keyboard alone leads from Home to a result.

Usually one page of each kind is asked; ``GLASSHOUSE_EVERY_PAGE=1`` asks every view of every concern, in brief and in full.
"""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pages._ui.rooms import ROOMS
from tests.browser.conftest import settle

pytestmark = pytest.mark.browser
KINDS = ("/", "/lessons?lesson=leak&step=1", "/runs", "/claims", "/scorecard", "/calibration?view=outputs&detail=full")
EVERY = (*KINDS, "/lessons", *(f"/{room.concern.name}?view={room.view}&detail={detail}" for room in ROOMS for detail in ("brief", "full")))
PAGES = EVERY if os.environ.get("GLASSHOUSE_EVERY_PAGE") else KINDS
NOT_OURS = {"list", "listitem"}  # Streamlit's own navigation nests its headings in its list
ASKED = {"heading-order"}  # axe calls it moderate; who listens to a page goes by its headings
CHARTS = "svg-img-alt"  # vega marks every empty layer as a picture; the chart itself is described


def faults(page: Page) -> list[str]:
    """Return what axe calls serious or critical on a page, apart from what Streamlit and vega bring along."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    ours = [one for one in found if one["id"] in ASKED or (one["impact"] in ("serious", "critical") and one["id"] not in NOT_OURS)]
    return [f"{one['id']}: {node['html'][:120]}" for one in ours for node in one["nodes"]
            if not (one["id"] == CHARTS and "role-mark" in node["html"])]


def test_axe_finds_nothing_serious_that_is_ours(tab, server):
    page, found = tab(PAGES[0]), {}
    for path in PAGES:
        if path is not PAGES[0]:
            page.goto(server.address + path)
            settle(page)
        found[path] = faults(page)
    assert {path: some for path, some in found.items() if some} == {}


def test_the_keyboard_alone_leads_from_home_to_a_result(tab, server, stored):
    def press(locator) -> None:
        locator.focus()
        page.keyboard.press("Enter")

    page = tab("/")
    press(page.get_by_role("link", name="Open").first)
    expect(page.get_by_role("heading", level=1, name="Can an attacker tell")).to_be_visible()
    page.goto(f"{server.address}/privacy?run={stored[1]}")
    settle(page)
    press(page.get_by_role("button", name="see the evidence"))
    press(page.get_by_test_id("stBaseButton-primary"))
    expect(page.get_by_text("Saved as run")).to_be_visible()
