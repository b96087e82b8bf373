"""The house in a real browser: one server on a free port with a home of its own, and Chromium that may fetch nothing else."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from core.lab import speed
from core.lab.experiment import ROOT
from core.lab.work import REFERENCE
from tests.pages import audits

CHROMIUM = os.environ.get("GLASSHOUSE_TEST_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
expect.set_options(timeout=60_000)  # these tests ask whether, not how fast: a busy machine may take its time
PROBES = "status of 404"  # Streamlit asks for its health below a page's path first; the browser reports the answer


class Server:
    """A running server and the home that it writes to."""

    def __init__(self, home: Path, log: Path, place: Path = ROOT) -> None:
        self.home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        environment = {**os.environ, "GLASSHOUSE_HOME": str(home), "GLASSHOUSE_ENERGY": "off", "OMP_WAIT_POLICY": "PASSIVE"}
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port), "--server.address", "127.0.0.1",
                   "--server.headless", "true"]
        self.log = log.open("wb")
        self.process = subprocess.Popen(command, cwd=place, env=environment, stdout=self.log, stderr=self.log)

    def wait(self) -> None:
        """Wait until the server answers."""
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2).read()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    def memory_bytes(self) -> int:
        """Return the resident memory of the server."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(timeout=20)
        self.log.close()


@pytest.fixture(scope="session")
def stored(tmp_path_factory):
    """A home that holds one audit and a calibration, so that no run spends its first seconds on one; returns (home, run)."""
    home = tmp_path_factory.mktemp("browser") / "home"
    speed.keep(home, one=REFERENCE.one, shared=REFERENCE.all)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_ENERGY", "off")
        patch.setenv("GLASSHOUSE_HOME", str(home))
        return home, audits.store(home, audits.request(audits.SMALL.replace(label_smoothing=0.1)))


@pytest.fixture(scope="session")
def server(stored, tmp_path_factory):
    """The house, served."""
    one = Server(stored[0], tmp_path_factory.mktemp("log") / "server.txt")
    try:
        one.wait()
        yield one
    finally:
        one.stop()


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def windows(chromium):
    """Windows by width and theme, kept open: a visitor, too, has read the scripts of the app only once."""
    kept = {}

    def window(width: int, dark: bool):
        if (width, dark) not in kept:
            kept[width, dark] = chromium.new_context(viewport={"width": width, "height": 1000}, color_scheme="dark" if dark else "light")
        return kept[width, dark]
    yield window
    for context in kept.values():
        context.close()


@pytest.fixture
def tab(windows, server):
    """Open tabs by ``tab(path, width=…, dark=…)``; at the end none may have met an error or asked anybody else for anything."""
    troubles, pages = [], []

    def opened(path: str, *, width: int = 1360, dark: bool = False):
        page = windows(width, dark).new_page()
        pages.append(page)
        page.set_default_timeout(90_000)
        page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" and PROBES not in said.text else None)
        page.on("request", lambda asked: troubles.append(f"outside: {asked.url}") if not asked.url.startswith((
            server.address, f"ws://127.0.0.1:{server.port}", "data:", "blob:")) else None)
        page.goto(server.address + in_full(path))
        settle(page)
        return page
    yield opened
    for page in pages:
        page.close()
    assert troubles == []


def in_full(path: str) -> str:
    """Return an address with all that a room shows, unless it says how much."""
    return path if "detail=" in path else f"{path}{'&' if '?' in path else '?'}detail=full"


def fits(page, what: str) -> None:
    """Check that a page on a telephone has nothing to scroll sideways, once figures have had time to take their size."""
    page.wait_for_timeout(500)
    wide, room = page.get_by_test_id("stMain").evaluate("element => [element.scrollWidth, element.clientWidth]")
    assert wide <= room == 420, what


def settle(page) -> None:
    """Wait until the page has a heading and the server has nothing more to say."""
    page.locator("h1").first.wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
