"""The page of all statements, on the gallery that ships."""

from core.lab import registry
from tests.pages.conftest import words

PAGE = "pages/claims.py"


def test_every_statement_of_the_house_stands_in_the_table(open_page):
    page = open_page(PAGE)
    shown = page.dataframe[0].value
    there = set(zip(shown["experiment"], shown["statement"], strict=True))
    assert there == {(experiment.name, claim.statement) for experiment in registry.experiments() for claim in experiment.claims}
    assert set(shown["kind"]) == {"paper", "self-check", "question"}
    assert (shown.loc[shown["verdict"].isin(["holds", "contradicted"]), "seeds"] >= 5).all()


def test_words_and_kinds_narrow_it(open_page):
    page = open_page(PAGE, kind="Self-check")
    assert set(page.dataframe[0].value["kind"]) == {"self-check"}
    page.text_input[0].set_value("no such words").run()
    assert not page.exception
    assert "0 statements" in words(page)
