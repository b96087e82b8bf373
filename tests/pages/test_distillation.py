"""The room of soft labels in every state."""

import pytest

from core.distillation.soft_labels.spec import DISTILLATION
from tests.pages import soft_label_runs
from tests.pages.conftest import judged, words

PAGE = "distillation"


@pytest.fixture
def stored(own_home):
    return soft_label_runs.store(own_home)


def test_an_empty_house_offers_the_first_run(open_page):
    page = open_page(PAGE)
    assert "Grow the first result" in words(page)
    assert not page.get("plotly_chart")


def test_a_run_is_answer_numbers_figures_and_all_claims(open_page, own_home):
    run = soft_label_runs.store(own_home, accuracy_encoder=0.82)
    page = open_page(PAGE, run=run)
    assert page.header[0].value.replace("\\", "").startswith("Yes: they reach 82.0%, distillation")
    assert len(page.metric) == 4
    assert len(page.get("plotly_chart")) == 3
    said = words(page)
    assert {statement for statement, _ in judged(page)} == {claim.statement for claim in DISTILLATION.claims}
    assert "The teacher is no larger than its student here" in said


def test_labels_that_do_no_better_than_smoothing_are_said_to(open_page, own_home):
    page = open_page(PAGE, run=soft_label_runs.store(own_home, accuracy_uniform=0.9))
    assert page.header[0].value.replace("\\", "").startswith("No: they reach")


@pytest.mark.parametrize("query, n_charts, n_tables", [
    ({"labels": "Sharpened", "measure": "Calibration error"}, 3, 0), ({"evidence": "More data"}, 3, 0),
    ({"evidence": "What it costs", "cost": "Energy"}, 3, 1), ({"evidence": "All arms"}, 2, 1), ({"evidence": "<b>"}, 3, 0)])
def test_views(open_page, stored, query, n_charts, n_tables):
    page = open_page(PAGE, run=stored, **query)
    assert len(page.get("plotly_chart")) == n_charts
    assert len([frame for frame in page.dataframe if "verdict" not in frame.value]) == n_tables
