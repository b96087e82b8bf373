"""A server that others reach: what a visitor's page shows, takes and refuses."""

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.lab import access, registry, visitors
from core.lab.store import home
from pages._ui import doorman
from pages._ui.plain import plain
from tests.pages.conftest import words

STRANGER = visitors.owner_of("v", "somebody else")


@pytest.fixture(autouse=True)
def shared(monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_SHARED", "1")


def test_another_visitors_run_is_nowhere(audit, open_page):
    owners = home() / "runs" / audit / "owners"
    owners.mkdir()
    (owners / STRANGER).touch()
    for address in ({"run": audit}, {"run": audit[:8]}):
        assert "No such result" in words(open_page("pages/privacy.py", **address))
    listed = open_page("pages/runs.py")
    assert "No run is stored yet" in words(listed)
    assert str(home()) not in words(listed)


def test_no_path_and_no_download(open_page, tmp_path):
    """Nothing tells whether the file is there, and no folder of the server is named."""
    page, said = open_page("pages/privacy.py"), set()
    for source in ("npz:/etc/passwd", "npz:/no/such/file.npz", f"folder:{tmp_path}", "cifar10"):
        config = registry.find("privacy").presets[0].config.replace(dataset=source)
        page.session_state["privacy:pending"] = (config, (0,), True)  # what the bar's Run does with settings that were typed
        page.run()
        assert not page.exception
        shown = words(page)
        assert str(home().parent) not in shown
        said.add(next(line for line in shown.splitlines() if "this server" in line.lower()))
    assert len(said) == 2, said
    assert not (home() / "runs").exists()


def test_a_demo_offers_no_run(open_page, monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_SHARED", "demo")
    page = open_page("pages/privacy.py")
    assert next(button for button in page.button if "Run" in button.label and button.key.endswith(":go")).disabled
    assert "trains nothing" in words(page)


def test_messages_name_no_folder_of_the_server(monkeypatch):
    monkeypatch.setattr(access, "_ask", lambda: STRANGER)
    assert plain(f"{home()}/runs/x is full") == "…/runs/x is full"


def answer(path: str = "/", kind: str = "text/html; charset=utf-8", **headers: str) -> dict[str, str]:
    """Return the headers with which the doorman lets an answer out."""
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind.encode())]})

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "scheme": "http",
             "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]}
    with ThreadPoolExecutor(1) as thread:  # a loop of its own: tests that drive a browser before leave theirs running
        thread.submit(asyncio.run, doorman.Doorman(app)(scope, None, send)).result()
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def test_the_doorman_gives_each_browser_one_cookie(monkeypatch):
    given = answer()
    number = given["set-cookie"].partition("=")[2].partition(";")[0]
    assert visitors.number_of(number)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(given["set-cookie"].split("; "))
    assert "Secure" not in given["set-cookie"]
    assert given["cache-control"] == "no-store"
    assert "set-cookie" not in answer(cookie=f"other=1; {visitors.COOKIE}={number}")
    assert answer(cookie=f"{visitors.COOKIE}={number[:-1]}0;")["set-cookie"] != given["set-cookie"]
    assert "set-cookie" not in answer(kind="text/javascript")
    assert "Secure" in answer(x_forwarded_proto="https")["set-cookie"]
    monkeypatch.setenv("GLASSHOUSE_SHARED", "")
    assert doorman.at_the_door() == []


def test_a_folder_deleted_under_an_open_page(audit, open_page, monkeypatch):
    """The page says that the run is not there, and the next visit finds a house again."""
    monkeypatch.setenv("GLASSHOUSE_SHARED", "")
    page = open_page("pages/privacy.py", run=audit)
    shutil.rmtree(home())
    page.run()
    assert not page.exception
    assert "No such result" in words(page)
    listed = open_page("pages/runs.py")
    assert "No run is stored yet" in words(listed)
