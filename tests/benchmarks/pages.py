"""How fast the pages are: ``python -m tests.benchmarks.pages``. Prints medians with n and spread; needs Chromium.

Everything is measured in one run against its own control: the house against two bare pages of Streamlit with one Plotly chart each, on a
server of their own; clicks while a job runs against clicks while none does, on the same page of the same server.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from core.lab.experiment import ROOT
from tests.browser.conftest import CHROMIUM, FLAGS, Server

READY = "[data-testid=stPlotlyChart] .main-svg"
BUSY = "[data-testid=stApp][data-test-script-state=running]"
TIMES = 3  # servers of each kind
ROUTER = "import streamlit as st\nst.navigation([st.Page('one.py', title='One', default=True), st.Page('two.py', title='Two')]).run()\n"
CHART = "import plotly.graph_objects as go\nimport streamlit as st\nst.title('{0}')\nst.plotly_chart(go.Figure(go.Scatter(y=[1, 3, 2])))\n"
BARE = {"app.py": ROUTER, "one.py": CHART.format("One"), "two.py": CHART.format("Two")}


@dataclass(frozen=True)
class Kind:
    """One side of the comparison: where its script lies, the address of a page with a figure, and the ways to it and to another."""

    place: Path
    page: str
    there: tuple[str, str]
    back: tuple[str, str]


def show(name: str, seconds: list[float]) -> None:
    """Print one row: median and spread."""
    ordered = sorted(seconds)
    print(f"{name:44} median {statistics.median(ordered):7.3f}  min {ordered[0]:6.3f}  max {ordered[-1]:6.3f}  n={len(ordered)}")


def first_figures(page: Page, folder: Path, kind: Kind) -> tuple[Server, float]:
    """Return a fresh server and the seconds from its start to the first drawn figure."""
    folder.mkdir(parents=True)
    started = time.perf_counter()
    server = Server(folder / "home", folder / "log.txt", kind.place)
    server.wait()
    page.goto(f"{server.address}{kind.page}")
    page.wait_for_selector(READY, timeout=60_000)
    return server, time.perf_counter() - started


def reload(page: Page) -> float:
    """Return the seconds from a reload to the first drawn figure."""
    started = time.perf_counter()
    page.reload()
    page.wait_for_selector(READY, timeout=60_000)
    return time.perf_counter() - started


def measured(page: Page, folder: Path, kind: Kind) -> tuple[dict[str, list[float]], Server]:
    """Return what one kind takes, by what is measured, and its last server, which runs on."""
    found: dict[str, list[float]] = {
        "start to first figure, s": [], "warm reload to first figure, s": [], "switch of page, s": [], "server memory, MB": []}
    for attempt in range(TIMES):
        server, seconds = first_figures(page, folder / str(attempt), kind)
        found["start to first figure, s"].append(seconds)
        found["server memory, MB"].append(server.memory_bytes() / 1e6)
        page.wait_for_timeout(1500)
        found["warm reload to first figure, s"] += [reload(page) for _ in range(3)]
        for _ in range(3):
            for link, waits_for in (kind.back, kind.there):
                page.wait_for_timeout(1500)
                found["switch of page, s"].append(switch(page, link, waits_for))
        if attempt < TIMES - 1:
            server.stop()
    return found, server


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
        (bare := Path(place) / "bare").mkdir()
        for name, text in BARE.items():
            (bare / name).write_text(text)
        one, other = measured(page, Path(place) / "one", Kind(
            bare, "/", ("One", "h1:has-text('One')"), ("Two", "h1:has-text('Two')")))
        other.stop()
        ours, server = measured(page, Path(place) / "ours", Kind(
            ROOT, "/privacy", ("Privacy leakage", "h1:has-text('training set')"), ("Home", "h1:has-text('laboratory')")))
        for what, values in ours.items():
            show(f"house, {what}", values)
            show(f"bare, {what}", one[what])
            print(f"ratio of medians {statistics.median(values) / statistics.median(one[what]):.2f}")
        page.goto(f"{server.address}/runs")
        page.wait_for_selector("h1")
        page.goto(f"{server.address}/privacy?detail=full")
        page.wait_for_selector(READY)
        page.wait_for_timeout(2000)
        print(f"server memory after every page {server.memory_bytes() / 1e6:24.0f} MB")
        idle = clicks(page, 20)
        job = run_a_job(Path(place) / "ours" / str(TIMES - 1) / "home")
        busy = clicks(page, 20)
        job.terminate()
        job.wait()
        show("click, no job, s", idle)
        show("click, a job training on all cores, s", busy)
        print(f"ratio of medians {statistics.median(busy) / statistics.median(idle):.2f}")
        server.stop()
        browser.close()


if __name__ == "__main__":
    main()
