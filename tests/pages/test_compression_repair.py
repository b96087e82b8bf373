"""The room of repairs in every state."""

import pytest

from core.compression.repair.spec import COMPRESSION_REPAIR
from tests.pages import repair_runs
from tests.pages.conftest import judged, words

PAGE = "compression_repair"


@pytest.fixture
def stored(own_home):
    return repair_runs.store(own_home, repair_qat=-0.1, repair_float=-0.05)


def test_an_empty_house_offers_the_first_run(open_page):
    page = open_page(PAGE)
    assert "Grow the first result" in words(page)
    assert not page.get("plotly_chart")


def test_a_run_is_answer_numbers_figures_and_all_claims(open_page, stored):
    page = open_page(PAGE, run=stored)
    assert page.header[0].value.startswith("Balanced sampling: it takes the gap at 2 bits from")
    assert len(page.metric) == 4
    assert len(page.get("plotly_chart")) == 3
    assert {statement for statement, _ in judged(page)} == {claim.statement for claim in COMPRESSION_REPAIR.claims}


@pytest.mark.parametrize("query, n_charts", [
    ({"by": "Prune", "measure": "Small groups"}, 3), ({"evidence": "Bits by layer"}, 4), ({"evidence": "All arms"}, 2),
    ({"evidence": "<b>"}, 3)])
def test_views(open_page, stored, query, n_charts):
    assert len(open_page(PAGE, run=stored, **query).get("plotly_chart")) == n_charts


def test_a_repair_that_widens_the_gap_is_called_none(open_page, own_home):
    page = open_page(PAGE, run=repair_runs.store(own_home, repair_qat=0.05))
    assert page.header[0].value.startswith("Not balanced sampling: balanced sampling takes the gap at 2 bits from")
