"""The compression room as a visitor meets it: the slider answers at once, and the other kind takes over all figures."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import settle
from tests.pages import compression_runs

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def study(stored):
    """The id of a study in the home that the server shows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_ENERGY", "off")
        patch.setenv("GLASSHOUSE_HOME", str(stored[0]))
        return compression_runs.store(stored[0], did_qat=0.06, did_prune=0.05)


def test_the_slider_moves_and_the_other_kind_takes_over(tab, study):
    page = tab(f"/compression?detail=full&run={study}")
    page.get_by_role("slider").press("ArrowLeft")
    expect(page.get_by_text(re.compile("^4 bits, weights and activations: "))).to_be_visible(timeout=30_000)
    page.get_by_test_id("stMain").get_by_text("Prune", exact=True).click()
    settle(page)
    expect(page.get_by_text(re.compile("^95% pruned, then retrained: "))).to_be_visible(timeout=30_000)
    assert "by=Prune" in page.url
