"""The page of all statements, on the gallery that ships."""

import pytest
import streamlit as st

from core.lab import gallery, registry, runs, statements, store
from core.lab.experiment import ROOT
from core.lab.untested import PLACES
from pages._ui import addresses, stored, summary
from tests.pages.conftest import words

PAGE = "pages/claims.py"
REAL = ROOT / "assets" / "gallery"


@pytest.fixture(scope="module", autouse=True)
def nothing_kept():
    """What other files read is forgotten; the tests of this file read the same gallery, which takes seconds, once."""
    st.cache_data.clear()
    yield
    st.cache_data.clear()


@pytest.fixture(autouse=True)
def real_gallery(empty_gallery, monkeypatch):
    """What ships, in place of the empty gallery of the other pages' tests."""
    for module in (store, gallery, runs):
        monkeypatch.setattr(module, "GALLERY", REAL)


def test_every_statement_of_the_house_stands_in_the_table(open_page):
    page = open_page(PAGE)
    shown = page.dataframe[0].value
    there = set(zip(shown["experiment"], shown["statement"], strict=True))
    assert there == {(experiment.name, claim.statement) for experiment in registry.experiments() for claim in experiment.claims}
    badges = [badge for badge, in shown["verdict"]]
    decided = shown[[badge in ("Holds", "Contradicted", "Weaker than published") for badge in badges]]
    assert len(decided) > 0
    assert (decided["seeds"] >= 5).all()
    assert decided["run"].str.match(r"/\w+\?view=\w+&run=[0-9a-f]{16}").all()


def test_home_counts_the_same_runs(monkeypatch):
    monkeypatch.setattr(stored, "GALLERY", REAL)
    home = {statements.NO_RUN if word == "no run" else word: len(some) for word, some in summary.found().items()}
    assert home == {word: len(some) for word, some in statements.counted(statements.statements()).items()}


def test_the_counts_are_those_of_the_papers_claims_alone(open_page):
    found = statements.counted(statements.statements())
    page = open_page(PAGE)
    shown = {metric.label: int(metric.value) for metric in page.metric}
    papers = [claim for experiment in registry.experiments() for claim in experiment.claims if claim.kind == "paper"]
    assert sum(shown.values()) == len(papers)
    assert shown["Hold"] == len(found["holds"])
    listed = next(element.value for element in page.markdown if element.value.startswith("- ["))
    assert listed.count("\n") + 1 == shown["Contradicted"] == len(found["contradicted"])
    for one in found["contradicted"]:
        assert addresses.path(one["experiment"], one["run"]) in listed


def test_words_and_kinds_narrow_it(open_page):
    page = open_page(PAGE, kind="Self-check")
    assert set(page.dataframe[0].value["kind"]) == {"Self-check"}
    page.text_input[0].set_value("no such words").run()
    assert not page.exception
    assert "0 statements" in words(page)


def test_sentences_without_a_claim_say_why(open_page):
    shown = open_page(PAGE).dataframe[1].value
    assert len(shown) >= len(PLACES)
    assert shown["why"].str.len().min() > 20
    assert not shown["sentence"].duplicated().any()
    claimed = {claim.statement for experiment in registry.experiments() for claim in experiment.claims}
    assert not claimed & set(shown["sentence"])
