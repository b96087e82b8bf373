"""A page switch against two bare pages: ``python -m tests.benchmarks.switches [N]``. Needs Chromium.

Two servers run side by side: the house, and an app of two pages that hold a heading each. In turn, in the same browser, a click in the
navigation is timed until the other page's heading stands; reported are medians and 95th percentiles with their ratio.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.pages import switch
from tests.browser.conftest import CHROMIUM, FLAGS, Server

BARE = '''import streamlit as st
def one(): st.title("One")
def two(): st.title("Two")
st.navigation([st.Page(one, title="First", default=True), st.Page(two, title="Second")]).run()
'''
HOUSE = (("Privacy leakage", "h1:has-text('training set')"), ("Claims", "h1:has-text('What was claimed')"),
         ("Compression disparity", "h1:has-text('Who pays')"), ("Home", "h1:has-text('laboratory')"))
PLAIN = (("Second", "h1:has-text('Two')"), ("First", "h1:has-text('One')"))
PAUSE = 1500  # milliseconds in which a page may finish before the next click


def bare(folder: Path, port: int) -> subprocess.Popen:
    """Return a running app of two bare pages."""
    (folder / "bare.py").write_text(BARE, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "bare.py", f"--server.port={port}", "--server.address=127.0.0.1",
         "--server.headless=true", "--browser.gatherUsageStats=false"], cwd=folder, env=dict(os.environ), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)


def timed(page: Page, ways: tuple[tuple[str, str], ...], turn: int) -> float:
    """Return the seconds of one switch, the ways taken in turn."""
    seconds = switch(page, *ways[turn % len(ways)])
    page.wait_for_timeout(PAUSE)
    return seconds


def percentile(seconds: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def main(n: int) -> None:
    """Print both kinds of switch, and how much slower the house is."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as place:
        house = Server(Path(place) / "home", Path(place) / "log.txt")
        other = bare(Path(place), house.port + 1)
        try:
            house.wait()
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            pages = [browser.new_page(viewport={"width": 1360, "height": 900}) for _ in range(2)]
            for page, address in zip(pages, (house.address, f"http://127.0.0.1:{house.port + 1}"), strict=True):
                page.goto(address)
                page.locator("h1").wait_for(timeout=120_000)
            for page, ways in zip(pages, (HOUSE, PLAIN), strict=True):
                for turn in range(len(ways)):  # caches fill
                    timed(page, ways, turn)
            took = {"house": [], "bare": []}
            for turn in range(n):
                took["house"].append(timed(pages[0], HOUSE, turn))
                took["bare"].append(timed(pages[1], PLAIN, turn))
            browser.close()
        finally:
            house.stop()
            other.terminate()
            other.wait()
    for name, seconds in took.items():
        print(f"{name:6} median {statistics.median(seconds):.3f} s  95% {percentile(seconds):.3f} s  max {max(seconds):.3f} s  n={n}")
    ratio = percentile(took["house"]) / percentile(took["bare"])
    print(f"95th percentile of the house: {ratio:.1f} times that of two bare pages; load {os.getloadavg()[0]:.1f}, {time.strftime('%F')}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
