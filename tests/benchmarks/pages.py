"""How fast the pages are: ``python -m tests.benchmarks.pages``. Prints medians with n and spread; needs Chromium.

Everything is measured in one run against its own control: clicks while a job runs against clicks while none does, on the same page
of the same server.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from core.lab.experiment import ROOT
from tests.browser.conftest import CHROMIUM, FLAGS, Server

READY = "[data-testid=stPlotlyChart] .main-svg"
BUSY = "[data-testid=stApp][data-test-script-state=running]"


def show(name: str, seconds: list[float]) -> None:
    """Print one row: median and spread."""
    ordered = sorted(seconds)
    print(f"{name:44} median {statistics.median(ordered):6.3f} s  min {ordered[0]:6.3f}  max {ordered[-1]:6.3f}  n={len(ordered)}")


def first_figures(page: Page, folder: Path) -> tuple[Server, float]:
    """Return a fresh server and the seconds from its start to the first drawn figure of the privacy room."""
    started = time.perf_counter()
    server = Server(folder / "home", folder / "log.txt")
    server.wait()
    page.goto(f"{server.address}/privacy")
    page.wait_for_selector(READY, timeout=60_000)
    return server, time.perf_counter() - started


def switch(page: Page, to: str, waits_for: str) -> float:
    """Return the seconds from a click in the navigation until the other page stands."""
    started = time.perf_counter()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=to).click()
    page.wait_for_selector(waits_for, timeout=30_000)
    return time.perf_counter() - started


def click(page: Page, choice: str) -> float:
    """Return the seconds from choosing other axes until the figure is redrawn and the server is done."""
    started = time.perf_counter()
    page.get_by_role("radio", name=choice).or_(page.get_by_role("button", name=choice, exact=True)).first.click()
    page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState !== 'running'", timeout=30_000)
    page.wait_for_timeout(5)
    return time.perf_counter() - started


def clicks(page: Page, n: int) -> list[float]:
    """Return the times of ``n`` changes of axes, after two that warm up."""
    times = [click(page, ("Linear", "Log")[i % 2]) for i in range(n + 2)]
    return times[2:]


def run_a_job(home: Path) -> subprocess.Popen:
    """Start a long audit as a job and wait until it trains."""
    environment = {**os.environ, "GLASSHOUSE_HOME": str(home), "GLASSHOUSE_ENERGY": "off"}
    job = subprocess.Popen([sys.executable, "-m", "core", "run", "privacy", "--set", "epochs=400", "--seeds", "5"], cwd=ROOT,
                           env=environment, stderr=subprocess.PIPE, text=True)
    for line in job.stderr:
        if "models done" in line:
            return job
    raise RuntimeError("the job did not start")


def main() -> None:
    """Print the table."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as place:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1360, "height": 900})
        page.goto("about:blank")
        starts = []
        for attempt in range(3):
            folder = Path(place) / str(attempt)
            folder.mkdir()
            server, seconds = first_figures(page, folder)
            starts.append(seconds)
            if attempt < 2:
                server.stop()
        show("server start to first figures", starts)
        page.goto(server.address)
        page.wait_for_selector("text=Read any room")
        there, back = [], []
        for _ in range(7):
            there.append(switch(page, "Privacy leakage", "h1:has-text('training set')"))
            page.wait_for_selector(READY)
            page.wait_for_timeout(1500)
            back.append(switch(page, "Home", "h1:has-text('laboratory')"))
            page.wait_for_timeout(1000)
        show("switch to the privacy room (heading)", there[1:])
        show("switch to Home (heading)", back[1:])
        page.goto(f"{server.address}/runs")
        page.wait_for_selector("h1")
        page.goto(f"{server.address}/privacy")
        page.wait_for_selector(READY)
        page.wait_for_timeout(2000)
        print(f"server memory after every page {server.memory_bytes() / 1e6:24.0f} MB")
        idle = clicks(page, 20)
        job = run_a_job(Path(place) / "2" / "home")
        busy = clicks(page, 20)
        job.terminate()
        job.wait()
        show("click, no job", idle)
        show("click, a job training on all cores", busy)
        print(f"ratio of medians {statistics.median(busy) / statistics.median(idle):.2f}")
        server.stop()
        browser.close()


if __name__ == "__main__":
    main()
