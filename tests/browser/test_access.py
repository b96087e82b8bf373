"""Whoever cannot see or has a small screen: axe finds nothing serious that is ours, and no page is wider than a telephone.

Usually axe is asked about one page of each kind, and a telephone is shown what is widest of each concern; ``GLASSHOUSE_EVERY_PAGE=1``
asks both about every view of every concern, in brief and in full.
"""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from pages._ui.rooms import CONCERNS, ROOMS
from tests.browser.conftest import fits, settle

pytestmark = pytest.mark.browser
KINDS = ("/", "/lessons?lesson=leak&step=1", "/runs", "/claims", "/scorecard", "/calibration?view=outputs&detail=full")
WIDEST = {  # where it is not the concern's first view as it ships
    "privacy": ("", "&view=map&focus=A+panel+each", "&run=zz", "&predict=1"), "layernorm": ("&evidence=Rivals", "&view=gauge"),
    "spurious": ("&evidence=Rivals", "&evidence=Maps"), "compression": ("&evidence=Layers",), "safety": ("&evidence=Attack",)}
WIDE = ("/", "/lessons", "/runs", "/runs?compare={run},{run}", "/claims", *(
    f"/{concern.name}?detail=full{shown}" for concern in CONCERNS for shown in WIDEST.get(concern.name, ("",))))
EVERY = tuple(f"/{room.concern.name}?view={room.view}&detail={detail}" for room in ROOMS for detail in ("brief", "full"))
PAGES = tuple(dict.fromkeys((*KINDS, *WIDE, *EVERY) if os.environ.get("GLASSHOUSE_EVERY_PAGE") else (*KINDS, *WIDE)))
NOT_OURS = {"list", "listitem"}  # Streamlit's own navigation nests its headings in its list
ASKED = {"heading-order"}  # axe calls it moderate; who listens to a page goes by its headings
CHARTS = "svg-img-alt"  # vega marks every empty layer as a picture; the chart itself is described


def faults(page: Page) -> list[str]:
    """Return what axe calls serious or critical on a page, apart from what Streamlit and vega bring along."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    ours = [one for one in found if one["id"] in ASKED or (one["impact"] in ("serious", "critical") and one["id"] not in NOT_OURS)]
    return [f"{one['id']}: {node['html'][:120]}" for one in ours for node in one["nodes"]
            if not (one["id"] == CHARTS and "role-mark" in node["html"])]


def test_pages_fit_a_telephone_and_have_no_serious_fault_of_ours(tab, server, stored):
    """Each page is opened once, on a telephone; at full width axe is asked about those of a kind of their own."""
    page, found = tab("/runs", width=420), {}
    for path in PAGES:
        page.set_viewport_size({"width": 420, "height": 1000})
        page.goto(server.address + path.format(run=stored[1]))
        settle(page)
        if path not in KINDS or path in WIDE:
            fits(page, path)
        if path in KINDS or path in EVERY:
            page.set_viewport_size({"width": 1360, "height": 1000})
            found[path] = faults(page)
    assert {path: some for path, some in found.items() if some} == {}
