"""The LayerNorm pages as a visitor meets them: samples through the epochs, and a telephone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import settle
from tests.layernorm import stored as layernorm
from tests.layernorm.tiny import saved

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def runs(stored, tmp_path_factory):
    """Ids of a finished run of the room and of the gauge, in the home that the server shows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_ENERGY", "off")
        patch.setenv("GLASSHOUSE_HOME", str(stored[0]))
        return {"room": layernorm.store(stored[0]), "gauge": layernorm.store_gauge(stored[0], saved(tmp_path_factory.mktemp("data")))}


def test_samples_step_through_the_epochs(tab, runs):
    page = tab(f"/layernorm?detail=full&run={runs['room']}", dark=True)
    page.locator(".js-plotly-plot").nth(1).wait_for()
    slider = page.get_by_role("slider", name="After epoch")
    slider.focus()
    slider.press("ArrowLeft")
    settle(page)
    expect(page.get_by_text(re.compile("^After epoch 1, of 8: intact"))).to_be_visible()


def test_nothing_is_wider_than_a_telephone(telephone, runs):
    telephone(*(path.format(**runs) for path in (
        "/layernorm?detail=full&run={room}", "/layernorm?detail=full&run={room}&evidence=Rivals",
        "/layernorm_gauge?detail=full&run={gauge}")))
