"""The list of runs: filter, open, compare, delete."""

from core.lab import runs
from core.lab.jobs import Status
from core.lab.store import home
from tests.pages import audits
from tests.pages.conftest import press, words

PAGE = "pages/runs.py"


def test_an_empty_house_says_so(open_page):
    assert "No run is stored yet" in words(open_page(PAGE))


def test_every_run_is_listed_latest_first(open_page, own_home, audit, in_gallery):
    audits.leave(own_home, audits.request(seeds=(9,)), Status("failed", message="No."))
    table = open_page(PAGE).dataframe[0].value
    assert [state[0] for state in table["state"]] == ["Failed", "Finished", "Precomputed"]


def test_filters(open_page, own_home, audit):
    audits.leave(own_home, audits.request(seeds=(9,)), Status("failed", message="No."))
    page = open_page(PAGE, state="Failed")
    assert len(page.dataframe[0].value) == 1
    page = open_page(PAGE)
    page.text_input[0].set_value("no such words").run()
    assert not page.dataframe
    assert "No run fits" in words(page)


def test_a_comparison_marks_what_differs(open_page, own_home, audit):
    other = audits.store(own_home, audits.request(audits.SMALL.replace(label_smoothing=0.1)), leak=0.5)
    page = open_page(PAGE, compare=f"{audit},{other}")
    table = page.table[0].value
    assert ":blue-background[Label smoothing]" in list(table.index)
    assert not any("Epochs" in label for label in table.index)
    assert len(page.get("vega_lite_chart")) >= 8


def test_a_run_compares_with_the_same_one_of_the_house(open_page, audit, in_gallery):
    said = words(open_page(PAGE, compare=f"{audit},{audit}:house"))
    assert "The settings are the same" in said


def test_comparisons_of_nothing_are_one_sentence(open_page, audit):
    for junk in ("zzz", "", f"{audit}", f"{audit},../../x", ",,,,"):
        assert "Nothing to compare" in words(open_page(PAGE, compare=junk))


def test_a_run_can_be_deleted(open_page, audit, monkeypatch):
    """AppTest cannot choose rows of a table, so the choice is made for it."""
    from pages._ui import listing
    drawn = listing.table
    monkeypatch.setattr(listing, "table", lambda entries, *, key, choose=False: (drawn(entries, key=key), [0])[1])
    page = press(open_page(PAGE), "Delete")
    assert runs.run_ids(home()) == [audit]  # nothing goes before it is confirmed
    page.button(key="delete-now").click().run()
    assert not page.exception
    assert runs.run_ids(home()) == []
