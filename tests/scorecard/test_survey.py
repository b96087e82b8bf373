"""The map of claims: each paper's claim once, under its word, by the run that its room shows first."""

from core.lab import registry, statements
from core.scorecard.survey import COLUMNS, THEMES, survey, theme_of


def test_every_concern_stands_under_one_word():
    concerns = {name.partition("_")[0] for name in registry.SPECS} - {"scorecard"}
    assert sorted(concern for some in THEMES.values() for concern in some) == sorted(concerns)
    assert theme_of("compression_setting") == "Bias"


def test_each_claim_of_a_paper_stands_once():
    found = survey(statements.statements())
    papers = [(one.name, claim.id) for one in registry.experiments() for claim in one.claims if claim.kind == "paper"]
    assert len(found) == len(papers)
    assert list(found.columns) == list(COLUMNS)
    assert found["theme"].drop_duplicates().tolist() == [theme for theme in THEMES if theme in set(found["theme"])]
    assert found.loc[found["word"] == "no run yet", "run"].eq("").all()
    assert (found.loc[found["run"] != "", "seeds"] >= 1).all()
