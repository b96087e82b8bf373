"""The room of depth in every state."""

import shutil

import pytest

from core.distillation.depth.figures import depth_rows
from core.distillation.depth.spec import DISTILLATION_DEPTH
from pages._rooms.distillation.budget import answers
from tests.distillation import tiny_depth
from tests.distillation.conftest import made
from tests.pages import depth_runs
from tests.pages.conftest import judged, words

PAGE = "distillation_depth"


def test_an_empty_house_offers_the_first_run(open_page):
    page = open_page(PAGE)
    assert "Grow the first result" in words(page)
    assert not page.get("plotly_chart")


def test_a_run_is_answer_numbers_figures_budget_and_all_claims(open_page, own_home):
    page = open_page(PAGE, run=depth_runs.store(own_home, package_mean=0.7, separate_mean=0.8, package_gap=-0.1))
    assert page.header[0].value.replace("\\", "").startswith(
        "No: over all depths the package reaches 70.0%, 10.0 pt below separate networks")
    assert len(page.metric) == 4
    assert len(page.get("plotly_chart")) == 2
    said = words(page)
    assert "of 6 blocks**" in said
    assert "ms for 100 images on one thread" in said
    assert {statement for statement, _ in judged(page)} == {claim.statement for claim in DISTILLATION_DEPTH.claims}


def test_a_package_as_good_as_separate_networks_is_said_to_be(open_page, own_home):
    page = open_page(PAGE, run=depth_runs.store(own_home, package_mean=0.8))
    assert page.header[0].value.replace("\\", "").startswith("Yes: over all depths the package reaches 80.0%")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A home that holds the study, and the study's id."""
    home = tmp_path_factory.mktemp("depth")
    return home, depth_runs.store(home)


@pytest.fixture
def run(kept, own_home):
    """The id of the stored study."""
    shutil.copytree(kept[0], own_home, dirs_exist_ok=True)
    return kept[1]


@pytest.mark.parametrize("query", [
    {"axis": "Measured time", "evidence": "BatchNorm"}, {"evidence": "Training cost", "trained": "Exits", "images": "All"},
    {"evidence": "More data", "trained": "Truncated", "images": "Wrong"},
    {"evidence": "Calibration", "measure": "Too sure", "trained": "Separate"}, {"trained": "<b>", "evidence": "<b>"}])
def test_views(open_page, run, query):
    assert len(open_page(PAGE, run=run, **query).get("plotly_chart")) == 2


def test_the_budget_picks_what_it_can_afford(open_page, run):
    page = open_page(PAGE, run=run)
    depths = tiny_depth.result().depths
    page.select_slider[0].set_value(float(depths.loc[depths["arm"] == "package-a", "macs"].min())).run()
    assert not page.exception
    assert "3 of 6 blocks" in words(page)
    assert "Of 80 test images of the first seed, whose answers are stored with the run for every budget" in words(page)


def test_every_budget_has_its_answers_at_once():
    """Whatever the slider picks was stored with the run: no sub-network on it lacks its answers."""
    for arm in ("package-a", "package-b", "sandwich-long", "separate", "exits", "truncated"):
        run = made(DISTILLATION_DEPTH, tiny_depth.CONFIG, tiny_depth.result())
        for depth in depth_rows(run, arm, "accuracy")["depth"]:
            said = answers(run, arm, int(depth))
            assert len(said) == 80
            assert not said.isna().any().any()
        assert (said["says"] == said["full"]).all()  # the last is the full depth
