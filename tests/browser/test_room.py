"""The privacy room as a visitor meets it."""

import time

import pytest
from playwright.sync_api import expect

from core.lab.palette import INK_DARK, INK_LIGHT
from tests.browser.conftest import Server, settle

pytestmark = pytest.mark.browser
INKS = {"light": INK_LIGHT, "dark": INK_DARK}


def ink_of_figures(page) -> str:
    """Return the colour of a tick label of the first plotly figure, as rgb(...)."""
    return page.locator(".js-plotly-plot .xtick text").first.evaluate("element => getComputedStyle(element).fill")


def as_rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[start:start + 2], 16) for start in (1, 3, 5)))


def test_an_old_address_on_a_fresh_server_keeps_room_and_parameters(chromium, stored, tmp_path):
    """Streamlit would show the bare script with file names as navigation, or that there is no such page, until somebody opens the front.

    The server's size is read here too, where no other test has opened anything.
    """
    fresh = Server(stored[0], tmp_path / "log.txt")
    try:
        fresh.wait()
        page = chromium.new_page()
        page.set_default_timeout(90_000)
        page.goto(f"{fresh.address}/privacy_map?leak=Found+at+1%25")
        page.get_by_role("tab", name="Trade-offs", selected=True).wait_for()
        assert "/privacy?" in page.url
        assert "leak=" in page.url
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_test_id("stSidebarNav").get_by_text("Privacy leakage")).to_be_visible()
        page.goto(f"{fresh.address}/privacy?detail=full&run={stored[1]}")
        settle(page)
        assert f"run={stored[1]}" in page.url
        page.goto(f"{fresh.address}/")
        settle(page)
        page.close()
        assert fresh.memory_bytes() < 280 * 2**20
    finally:
        fresh.stop()


def test_a_projector_fits_its_screen_and_keeps_ink_visible(tab, stored):
    """Opened in the dark, and changed in both directions."""
    page = tab(f"/privacy?detail=full&run={stored[1]}&present=true", width=1280, dark=True)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.locator(".js-plotly-plot .xtick text").first.wait_for()
    box = page.locator(".js-plotly-plot").first.bounding_box()
    assert box["y"] + box["height"] <= 725
    for scheme in ("dark", "light", "dark"):
        page.emulate_media(color_scheme=scheme)
        deadline = time.monotonic() + 30  # plotly replaces its labels while it draws
        while time.monotonic() < deadline and ink_of_figures(page) != as_rgb(INKS[scheme]):
            page.wait_for_timeout(200)
        assert ink_of_figures(page) == as_rgb(INKS[scheme])


def test_every_chart_table_and_image_is_described(tab, stored):
    page = tab(f"/privacy?detail=full&run={stored[1]}&evidence=How+it+grows")
    for kind, fewest in (("stPlotlyChart", 4), ("stVegaLiteChart", 1)):
        page.get_by_test_id(kind).nth(fewest - 1).wait_for(state="attached")
        charts = page.get_by_test_id(kind).all()
        for chart in charts:
            described = chart.evaluate(
                "element => (element.closest('[aria-label]') ?? element.querySelector('[aria-label]'))?.ariaLabel ?? ''")
            assert 10 < len(described) < 160, kind
