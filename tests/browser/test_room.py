"""The privacy room as a visitor meets it."""

import re
import time

import pytest
from playwright.sync_api import expect

from core.lab.palette import INK_DARK, INK_LIGHT
from tests.browser.conftest import Server, settle

pytestmark = pytest.mark.browser
INKS = {"light": INK_LIGHT, "dark": INK_DARK}


def fill(page, label: str, value: str) -> None:
    box = page.get_by_role("dialog").get_by_label(label, exact=True)
    box.fill(value)
    box.press("Tab")


def choose_small_settings(page) -> None:
    """Choose the smallest audit through the dialog: a few seconds of real training."""
    page.get_by_role("button", name="All settings").click()
    for label, value in (("Reference models", "3"), ("Pool (images)", "100"), ("Population (images)", "50"), ("Epochs", "2"),
                         ("Width (channels)", "4"), ("Batch size (images)", "16")):
        fill(page, label, value)
    page.get_by_role("dialog").get_by_text("White-box attacks").click()
    page.get_by_role("button", name="Use these settings").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    settle(page)


def run_button(page):
    return page.get_by_test_id("stBaseButton-primary")


def ink_of_figures(page) -> str:
    """Return the colour of a tick label of the first plotly figure, as rgb(...)."""
    return page.locator(".js-plotly-plot .xtick text").first.evaluate("element => getComputedStyle(element).fill")


def as_rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[start:start + 2], 16) for start in (1, 3, 5)))


def test_an_address_on_a_fresh_server_keeps_page_and_parameters(chromium, stored, tmp_path):
    """Streamlit would show the bare script with file names as navigation until somebody opens the front page."""
    fresh = Server(stored[0], tmp_path / "log.txt")
    try:
        fresh.wait()
        page = chromium.new_page()
        page.goto(f"{fresh.address}/privacy?run={stored[1]}&present=true")
        settle(page)
        expect(page.get_by_test_id("stSidebarNav").get_by_text("Privacy leakage")).to_be_visible()
        assert f"run={stored[1]}" in page.url
        assert "present=true" in page.url
        expect(page.locator(".js-plotly-plot")).to_have_count(1)
        page.close()
    finally:
        fresh.stop()


def test_run_reload_finish_and_permalink(tab, server):
    page = tab("/privacy")
    choose_small_settings(page)
    run_button(page).click()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    expect(page.get_by_text(re.compile("You may close this page"))).to_be_visible()
    assert re.search(r"run=[0-9a-f]{16}", page.url)
    page.get_by_role("button", name="Keep my guess").click()
    expect(page.get_by_role("button", name="Kept")).to_be_visible()
    again = tab(page.url.removeprefix(server.address))  # another tab finds the same run
    expect(again.get_by_text(re.compile("You may close this page|Saved as run|Your run"))).to_be_visible()
    expect(page.get_by_text(re.compile("Saved as run"))).to_be_visible(timeout=90_000)
    expect(page.get_by_text("You guessed, here it is")).to_be_visible()
    settle(page)
    answer = page.locator("h2").first.inner_text()
    later = tab(page.url.removeprefix(server.address))
    assert later.locator("h2").first.inner_text() == answer
    assert page.url.split("run=")[1][:16] == later.url.split("run=")[1][:16]


def test_cancel_stops_the_run_and_says_what_is_kept(tab, server):
    page = tab("/privacy")
    run_button(page).click()
    page.get_by_role("button", name=re.compile("Cancel the run")).click()
    expect(page.get_by_text(re.compile("Stopped by you"))).to_be_visible()
    run = re.search(r"run=([0-9a-f]{16})", page.url)[1]
    assert '"cancelled"' in (server.home / "runs" / run / "status.json").read_text()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text(re.compile("Stopped by you"))).to_have_count(0)
    assert not (server.home / "runs" / run).exists()


@pytest.mark.parametrize("start, end", [("light", "dark"), ("dark", "light")])
def test_a_change_of_theme_keeps_ink_visible(tab, stored, start, end):
    page = tab(f"/privacy?run={stored[1]}", dark=start == "dark")
    page.locator(".js-plotly-plot .xtick text").first.wait_for()
    for scheme in (start, end):
        for _ in range(3):  # a change that meets a page still being sent may be lost on a busy machine: then change again
            page.emulate_media(color_scheme=end if scheme == start else start)
            settle(page)
            page.emulate_media(color_scheme=scheme)
            deadline = time.monotonic() + 15  # plotly replaces its labels while it draws
            while time.monotonic() < deadline and ink_of_figures(page) != as_rgb(INKS[scheme]):
                page.wait_for_timeout(200)
            if ink_of_figures(page) == as_rgb(INKS[scheme]):
                break
        assert ink_of_figures(page) == as_rgb(INKS[scheme])


@pytest.mark.parametrize("path", ["/", "/privacy", "/privacy?run={run}", "/privacy?predict=1", "/runs", "/runs?compare={run},{run}",
                                  "/privacy?run=zz"])
def test_nothing_is_wider_than_a_telephone(tab, stored, path):
    page = tab(path.format(run=stored[1]), width=420)
    page.wait_for_timeout(500)
    wide, room = page.get_by_test_id("stMain").evaluate("element => [element.scrollWidth, element.clientWidth]")
    assert wide <= room == 420


def test_every_chart_table_and_image_is_described(tab, stored):
    page = tab(f"/privacy?run={stored[1]}&evidence=How+it+grows")
    page.locator(".js-plotly-plot").nth(3).wait_for()
    for kind, fewest in (("stPlotlyChart", 4), ("stVegaLiteChart", 4)):
        charts = page.get_by_test_id(kind).all()
        assert len(charts) >= fewest
        for chart in charts:
            described = chart.evaluate(
                "element => (element.closest('[aria-label]') ?? element.querySelector('[aria-label]'))?.ariaLabel ?? ''")
            assert 10 < len(described) < 160, kind


def test_the_projector_view_fits_its_screen(tab, stored):
    page = tab(f"/privacy?run={stored[1]}&present=true", width=1280)
    page.set_viewport_size({"width": 1280, "height": 720})
    box = page.locator(".js-plotly-plot").first.bounding_box()
    assert box["y"] + box["height"] <= 725


def test_the_server_stays_small(tab, stored, server):
    """Runs last in this file: all that was opened before counts."""
    for path in ("/", f"/privacy?run={stored[1]}", "/runs"):
        tab(path)
    assert server.memory_bytes() < 280 * 2**20
