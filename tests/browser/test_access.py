"""Whoever cannot see or has a small screen: on every page axe finds nothing serious that is ours, and nothing is wider than a telephone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from pages._ui.rooms import CONCERNS
from tests.browser.conftest import fits, in_full, settle

pytestmark = pytest.mark.browser
SHOWN = {  # beside a concern's first view as it ships: what is widest of it, or has the most to describe
    "privacy": ("", "&view=map&focus=A+panel+each", "&run=zz", "&predict=1"), "layernorm": ("&evidence=Rivals", "&view=gauge"),
    "spurious": ("&evidence=Rivals", "&evidence=Maps"), "compression": ("&evidence=Layers",), "safety": ("&evidence=Attack",)}
PAGES = ("/", "/lessons", "/lessons?lesson=leak&step=1", "/runs", "/runs?compare={run},{run}", "/claims", *(
    f"/{concern.name}?detail=full{shown}" for concern in CONCERNS for shown in SHOWN.get(concern.name, ("",))))
NOT_OURS = {"list", "listitem"}  # Streamlit's own navigation nests its headings in its list
CHARTS = "svg-img-alt"  # vega marks every empty layer as a picture; the chart itself is described


def faults(page: Page) -> list[str]:
    """Return what axe calls serious or critical on a page, apart from what Streamlit and vega bring along."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found if one["impact"] in ("serious", "critical") and one["id"] not in NOT_OURS
            for node in one["nodes"] if not (one["id"] == CHARTS and "role-mark" in node["html"])]


def test_every_page_fits_a_telephone_and_has_no_serious_fault_of_ours(tab, server, stored):
    """Each page is opened once, on a telephone, and then looked at by axe at full width."""
    page, found = tab("/runs", width=420), {}
    for path in PAGES:
        page.set_viewport_size({"width": 420, "height": 1000})
        page.goto(server.address + in_full(path.format(run=stored[1])))
        settle(page)
        fits(page, path)
        page.set_viewport_size({"width": 1360, "height": 1000})
        found[path] = faults(page)
    assert {path: some for path, some in found.items() if some} == {}
