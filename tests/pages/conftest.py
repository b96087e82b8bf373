"""Pages under Streamlit's own test runner: each with an empty house, a stored result, a gallery."""

import shutil

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.lab import gallery, runs, store
from core.lab.experiment import ROOT
from pages._ui import catalogue, on_show, stored
from pages._ui.rooms import room_named
from tests.pages import audits

SECONDS = 60


@pytest.fixture(scope="session")
def audit_home(tmp_path_factory):
    """One stored audit, made once and copied to each test that wants it."""
    home = tmp_path_factory.mktemp("audit")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_ENERGY", "off")
        patch.setenv("GLASSHOUSE_HOME", str(home))
        run = audits.store(home, audits.request())
    return home, run


@pytest.fixture
def audit(audit_home, own_home):
    """The id of an audit that this user has stored."""
    shutil.copytree(audit_home[0], own_home, dirs_exist_ok=True)
    return audit_home[1]


@pytest.fixture(autouse=True)
def empty_gallery(tmp_path, monkeypatch):
    """A gallery of the test's own, empty at first: what ships with the house must not decide these tests."""
    st.cache_resource.clear()
    place = tmp_path / "gallery"
    for module in (store, gallery, runs, stored, catalogue, on_show):
        monkeypatch.setattr(module, "GALLERY", place)
    return place


@pytest.fixture
def in_gallery(audit_home, empty_gallery):
    """The id of an audit that ships with the house."""
    shutil.copytree(audit_home[0], empty_gallery)
    return audit_home[1]


@pytest.fixture
def open_page():
    """Open a page alone, or through the router, or the room of an experiment by its name; fail on any error page."""
    def opened(path: str, **query: str) -> AppTest:
        if not path.endswith(".py"):
            room = room_named(path)
            path, query = room.page, room.address | {"detail": "full"} | query
        page = AppTest.from_file(str(ROOT / path), default_timeout=SECONDS)
        for name, value in query.items():
            page.query_params[name] = value
        page.run()
        assert not page.exception, page.exception
        return page
    return opened


def words(page: AppTest) -> str:
    """Return all text of a page that a reader sees."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "metric")
    return "\n".join(str(element.value) + str(getattr(element, "label", "")) for kind in kinds for element in page.get(kind))


def judged(page: AppTest) -> set[tuple[str, str]]:
    """Return statement and control of every claim in the table of verdicts."""
    tables = [frame.value for frame in page.dataframe if "verdict" in frame.value]
    return {(row.claim, row.control) for table in tables for row in table.itertuples()}


def press(page: AppTest, label: str) -> AppTest:
    """Press the button whose label holds ``label``; fail on any error page."""
    next(button for button in page.button if label in button.label).click()
    page.run()
    assert not page.exception, page.exception
    return page
