"""Home with an empty house, with a gallery, alone and through the router; its search, and a room in brief."""

import pytest

from core.lab import registry
from pages._ui import search, summary
from pages._ui.rooms import CONCERNS, ROOMS, START
from tests.pages.conftest import press, words

LISTED = [concern for concern in CONCERNS if concern.section != START]
SENTENCE = "at one false accusation in"


def test_an_empty_house_says_so(open_page):
    said = words(open_page("pages/home.py"))
    assert said.count("Nothing here yet") == len(LISTED)
    assert "No run is stored yet" in said


def test_a_concern_says_what_was_found_and_how_sure(open_page, in_gallery):
    said = words(open_page("pages/home.py"))
    assert said.count("Nothing here yet") == len(LISTED) - 1, "the gallery of this test holds one room"
    assert SENTENCE in said
    papers = [claim for room in ROOMS for claim in room.experiment.claims if claim.kind == "paper"]
    assert f"{len(papers)} published claims" in said
    assert sum(map(len, summary.found().values())) == len(papers), "each counted once"


def test_the_contradicted_are_named(monkeypatch, open_page):
    one = ("privacy", "Something *was* claimed", "12ab")
    monkeypatch.setattr(summary, "found", lambda: {"contradicted": [one], "inconclusive": [one] * 2, "no run": [one]})
    said = words(open_page("pages/home.py"))
    assert "4 published claims: 1 is contradicted, 2 are open, 1 has no run yet" in said
    assert r"[Something \*was\* claimed](/privacy?view=audit&run=12ab)" in said


def test_the_router_opens_home(open_page):
    page = open_page("app.py")
    assert page.title[0].value == "A laboratory for trustworthy neural networks"
    assert [toggle.label for toggle in page.sidebar.toggle] == ["Present"]


def test_stored_runs_are_listed_with_what_they_drew(open_page, audit):
    page = open_page("pages/home.py")
    assert "0.30 Wh" in words(page)
    assert len(page.dataframe[0].value) == 1


def test_home_is_drawn_from_manifests_alone(open_page, in_gallery, monkeypatch):
    """However many rooms there are, a visit to Home reads no table."""
    def read(*_):
        raise AssertionError("Home reads a whole result")
    monkeypatch.setattr("core.lab.runs.load_result", read)
    monkeypatch.setattr("core.lab.store.load_result", read)
    assert SENTENCE in words(open_page("pages/home.py"))


@pytest.mark.parametrize("asked, kind, title", [
    ("trade-offs", "Room", "Privacy leakage: Trade-offs"), ("label smoothing", "Setting", "Label smoothing"),
    ("perplexity aligned", "Number", "Perplexity, aligned"), ("lira", "Word", "LiRA"), ("expected calibration error", "Word", "ECE")])
def test_what_has_a_name_is_found(asked, kind, title):
    assert (kind, title) in [(hit.kind, hit.title) for hit in search.find(asked)]


def test_every_claim_is_found_by_its_own_words_and_junk_is_not():
    for name in ("privacy", "safety"):
        for claim in registry.find(name).claims:
            assert any(hit.kind == "Claim" and hit.title == claim.statement for hit in search.find(claim.statement))
    assert search.find("![x](http://e.test/x.png)") == search.find("   ") == []


def test_a_room_is_brief_until_more_is_asked_for(open_page, in_gallery):
    page = open_page("pages/privacy.py")
    said = words(page)
    assert SENTENCE in page.header[0].value
    assert len(page.get("plotly_chart")) == 1
    assert not page.metric
    assert all(part in said for part in ("How sure", "Published claims", "What it speaks about", "Not tested here"))
    assert page.get("download_button")[0].proto.label == "Report"
    whole = press(page, "see the evidence")
    assert len(whole.metric) == 4
    assert whole.query_params["detail"] == "full"
