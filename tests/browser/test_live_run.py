"""A run as a visitor starts, leaves, finds again and cancels it; the way from Home to its start needs no mouse."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import settle

pytestmark = pytest.mark.browser


def fill(page, label: str, value: str) -> None:
    box = page.get_by_role("dialog").get_by_label(label, exact=True)
    box.fill(value)
    box.press("Tab")


def choose_small_settings(page) -> None:
    """Choose the smallest audit through the dialog: a few seconds of real training."""
    page.get_by_role("button", name="All settings").click()
    for label, value in (("Reference models", "3"), ("Pool (images)", "100"), ("Epochs", "6"), ("Batch size (images)", "16")):
        fill(page, label, value)
    page.get_by_role("dialog").get_by_text("White-box attacks").click()
    page.get_by_role("button", name="Use these settings").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    settle(page)


def run_button(page):
    return page.get_by_test_id("stBaseButton-primary")


def press(locator) -> None:
    """Reach a thing by the keyboard alone."""
    locator.focus()
    locator.page.keyboard.press("Enter")


def test_from_home_by_keyboard_run_reload_finish_and_permalink(tab, server):
    page = tab("/")
    press(page.get_by_role("link", name="Open").first)
    expect(page.get_by_role("heading", level=1, name="Can an attacker tell")).to_be_visible()
    settle(page)
    press(page.get_by_role("button", name="see the evidence"))
    expect(page.get_by_role("button", name="All settings")).to_be_visible()
    settle(page)
    choose_small_settings(page)
    press(run_button(page))
    expect(page.get_by_role("progressbar").first).to_be_visible()
    page.get_by_role("button", name="Keep my guess").click()  # at once: the run is short
    expect(page.get_by_text(re.compile("You may close this page|Saved as run"))).to_be_visible()
    assert re.search(r"run=[0-9a-f]{16}", page.url)
    expect(page.get_by_role("button", name="Kept").or_(page.get_by_text("You guessed, here it is")).first).to_be_visible()
    again = tab(page.url.removeprefix(server.address))  # another tab finds the same run
    expect(again.get_by_text(re.compile("You may close this page|Saved as run|Your run"))).to_be_visible()
    expect(page.get_by_text(re.compile("Saved as run"))).to_be_visible(timeout=180_000)
    expect(page.get_by_text("You guessed, here it is")).to_be_visible()
    settle(page)
    answer = page.locator("h2").first.inner_text()
    later = tab(page.url.removeprefix(server.address))
    assert later.locator("h2").first.inner_text() == answer
    assert page.url.split("run=")[1][:16] == later.url.split("run=")[1][:16]


def test_cancel_stops_the_run_and_says_what_is_kept(tab, server):
    page = tab("/privacy?detail=full")
    run_button(page).click()
    page.get_by_role("button", name=re.compile("Cancel the run")).click()
    expect(page.get_by_text(re.compile("Stopped by you"))).to_be_visible()
    run = re.search(r"run=([0-9a-f]{16})", page.url)[1]
    assert '"cancelled"' in (server.home / "runs" / run / "status.json").read_text()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text(re.compile("Stopped by you"))).to_have_count(0)
    assert not (server.home / "runs" / run).exists()
