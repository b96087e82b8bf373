"""Home with an empty house, with a gallery, alone and through the router."""

from pages._ui.rooms import ROOMS
from tests.pages.conftest import words


def test_an_empty_house_says_so(open_page):
    said = words(open_page("pages/home.py"))
    assert "Nothing here yet" in said
    assert "No run is stored yet" in said


def test_a_card_shows_the_verdicts_of_the_gallery(open_page, in_gallery):
    said = words(open_page("pages/home.py"))
    assert said.count("Nothing here yet") == len(ROOMS) - 1, "the gallery of this test holds one room"
    papers = [claim for claim in ROOMS[0].experiment.claims if claim.kind == "paper"]
    assert said.count("of 3 seeds the same way") + said.count("Not testable here") == len(papers) > 0, "three seeds decide nothing"


def test_the_router_opens_home(open_page):
    page = open_page("app.py")
    assert page.title[0].value == "A laboratory for trustworthy neural networks"
    assert [toggle.label for toggle in page.sidebar.toggle] == ["Present"]


def test_stored_runs_are_listed_with_what_they_drew(open_page, audit):
    page = open_page("pages/home.py")
    assert "0.30 Wh" in words(page)
    assert len(page.dataframe[0].value) == 1


def test_cards_are_drawn_from_manifests_alone(open_page, in_gallery, monkeypatch):
    """However many rooms there are, a visit to Home reads no table."""
    def read(*_):
        raise AssertionError("Home reads a whole result")
    monkeypatch.setattr("core.lab.runs.load_result", read)
    monkeypatch.setattr("core.lab.store.load_result", read)
    said = words(open_page("pages/home.py"))
    assert said.count("Nothing here yet") == len(ROOMS) - 1
