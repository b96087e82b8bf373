"""A concern's page: its experiments are views, one drawn at a time, and every address that a room ever had opens it."""

from core.lab import registry
from pages._ui import addresses
from pages._ui.rooms import CONCERNS, ROOMS, room_named
from tests.pages.conftest import words


def test_only_the_view_that_is_asked_for_is_drawn(open_page, in_gallery):
    for view, question in (("audit", "privacy"), ("map", "privacy_map"), ("nonsense", "privacy")):
        page = open_page("pages/privacy.py", view=view)
        assert [title.value for title in page.title] == [registry.find(question).question]
        assert page.query_params["view"] == room_named(question).view


def test_a_run_opens_in_the_view_that_it_belongs_to(open_page, audit):
    page = open_page("pages/privacy.py", view="map", run=audit)
    assert page.title[0].value == registry.find("privacy").question
    assert f"run {audit[:8]}" in words(page)


def test_every_old_address_leads_on():
    assert set(addresses.old()) == {room.name for room in ROOMS} - {concern.name for concern in CONCERNS} != set()
    assert addresses.path("privacy_map", "12ab") == "/privacy?view=map&run=12ab"


def test_a_copied_link_keeps_what_is_on_show(open_page, audit):
    page = open_page("privacy", run=audit, evidence="Who is exposed")
    link = page.get("code")[0].value if page.get("code") else ""
    assert f"run={audit}" in link
    assert "evidence=Who+is+exposed" in link
    assert "view=audit" in link


