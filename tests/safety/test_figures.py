"""The figures and words of the room on a finished tiny run: coloured, ranged, described, and true to the tables."""

import re
from dataclasses import replace

import numpy as np
import pytest

from core.lab.figure import DARK, LIGHT, Look
from core.safety.marks import GROUPS, JUDGES, spread
from core.safety.units import figures, figures_map, figures_published, figures_removal
from core.safety.units.figures_budget import flows
from core.safety.units.published import ATTACKED, REMOVED
from core.safety.units.words import PLACES, answer, why, winner
from tests.safety import stored

LOOKS = {"dark": DARK, "projector": Look(LIGHT.ink, 1.4)}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run():
    return stored.run()


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("figure", figures.FIGURES, ids=lambda figure: figure.id)
def test_every_text_is_coloured_and_every_range_is_set(figure, look, run):
    layout = figure.draw(run, look).to_dict()["layout"]
    for axis in (axis for name, axis in layout.items() if re.fullmatch(r"[xy]axis\d*", name)):
        assert axis["tickfont"]["color"] == look.ink
        assert axis["title"]["font"]["color"] == look.ink
        assert np.isfinite(axis["range"]).all()
        assert len(axis["title"].get("text", "")) < 42
    assert all(note["font"]["color"] == look.ink for note in layout.get("annotations", ()))


@pytest.mark.parametrize("figure", figures.FIGURES, ids=lambda figure: figure.id)
def test_every_figure_is_described_in_a_sentence(figure, run):
    said = figure.alt(run)
    assert 30 < len(said) < 160
    assert said.endswith(".")
    assert "nan" not in said


def test_a_line_of_removal_is_the_mean_of_its_rows(run):
    rows = figures_removal.removal_rows(run, "prefix").set_index(["group", "share"])["value"]
    table = run.table("removal")
    mine = table[(table["group"] == "SCU") & np.isclose(table["share"], 0.2)]
    assert rows["SCU", mine["share"].iloc[0]] == pytest.approx(mine["prefix"].mean())
    drawn = figures.REFUSALS.draw(run, LIGHT)
    assert {trace.name for trace in drawn.data} >= {"intact", "SCU (ESU)", "random"}


@pytest.mark.parametrize("judge", JUDGES)
def test_every_judge_and_measure_can_be_drawn(run, judge):
    assert figures.REFUSALS.draw(run, LIGHT, judge=judge) is not None
    for measure in figures_removal.MEASURES:
        assert figures.UTILITY.draw(run, LIGHT, measure=measure) is not None


def test_ranking_anew_at_the_runs_own_shares_finds_what_the_run_found(run):
    found = figures_map.ranked(run)
    np.testing.assert_array_equal(found.codes, run.results[0].units["category"])
    wider = figures_map.ranked(run, scu="10")
    assert (wider.codes == 0).sum() == pytest.approx(2 * (found.codes == 0).sum(), abs=1)
    assert set(np.flatnonzero(found.codes == 0)) <= set(np.flatnonzero(wider.codes == 0))
    assert "100% are both" in figures_map.described(run)


def test_the_map_shows_every_unit_of_a_small_model_in_its_block(run):
    drawn, space = figures.MAP.draw(run, LIGHT), figures_map.space_of(run)
    assert sum(len(trace.x) for trace in drawn.data) == space.n_units
    for trace in drawn.data:
        assert np.array(trace.y).min() > 0.6
        assert np.array(trace.y).max() < space.n_layers + 0.4


def test_markup_in_a_token_is_shown_and_not_obeyed(run):
    hostile = replace(run.results[0], decoded=run.results[0].decoded.assign(tokens="<b>bold</b>\n<a href='x'>y</a>"))
    drawn = figures.MAP.draw(replace(run, results=(hostile,)), LIGHT)
    hovers = [text for trace in drawn.data for text in trace.text if "writes" in text]
    assert hovers
    assert all("&lt;b&gt;bold" in text and "<a href" not in text for text in hovers)


def test_flows_keep_every_unit(run):
    for event in ("attack", "alignment"):
        rows = flows(run, event)
        assert rows["share"].sum() == pytest.approx(1.0)
        assert figures.TRANSFER.draw(run, LIGHT, event=event, staying="all") is not None


def test_published_rows_stand_first(run):
    table = figures_published.beside(run)
    assert table["answered"][:len(REMOVED)].tolist() == [row.answered for row in REMOVED]
    assert set(table["group"]) <= {"none", *GROUPS}
    assert table["model"].iloc[-1].endswith(", here")


def test_published_attacks_stand_beside_ours(run):
    table = figures_published.attacked_beside(run)
    assert table["plain"][:-1].tolist() == [row.plain for row in ATTACKED]
    attacks, mine = run.table("attacks"), table.iloc[-1]
    plain = attacks[(attacks["arm"] == "plain") & (attacks["point"] == "equal_steps")]
    assert mine["plain"] == pytest.approx(1 - plain["prefix"].mean())
    start = attacks[attacks["point"] == "start"]
    assert mine["before"] == pytest.approx(1 - start["prefix"].mean())
    nothing = replace(run, results=tuple(replace(one, attacks=one.attacks.iloc[:0]) for one in run.results))
    assert len(figures_published.attacked_beside(nothing)) == len(ATTACKED)


def test_names_of_lines_never_touch():
    places = spread([0.5, 0.5, 0.51, 0.98], 0.1, 0.05, 0.95)
    assert np.diff(places).min() >= 0.1 - 1e-9
    assert max(places) <= 0.95
    assert min(places) >= 0.05


def test_parts_left_out_draw_nothing(run):
    names = ("attacks", "attack_curves", "budget", "probe", "transfer", "scales")
    nothing = {"attack_drop": float("nan"), "freezing_gain": float("nan"), "budget_refusal": float("nan"), "budget_saving": float("nan"),
               "probe_contrast": float("nan")}
    only = [replace(one, **{name: getattr(one, name).iloc[:0] for name in names}, **nothing) for one in run.results]
    alone = replace(run, results=tuple(only))
    absent = {"curves", "ends", "budget", "budget-cost", "distances", "by-length", "transfer", "scales"}
    for figure in figures.FIGURES:
        assert (figure.draw(alone, LIGHT) is None) == (figure.id in absent), figure.id
        assert "nan" not in figure.alt(alone)


@pytest.mark.parametrize("numbers, begins", [
    ({}, tuple(PLACES.values())),
    ({"refusal_drop_scu": (0.05, 0.04, 0.06)}, "None that these scores find: "),
    ({"refusal_drop_scu": (0.9, 0.1, 0.5)}, "Not decided: "),
    ({"refusal_drop_random": (0.9, 0.85, 0.92)}, "Not decided: "),
])
def test_the_answer_follows_from_the_intervals(numbers, begins):
    assert answer(stored.run(**numbers)).startswith(begins)


def test_one_seed_has_no_interval():
    assert "one seed gives no interval" in answer(stored.run(seeds=(0,)))


def test_a_guess_is_met_with_what_decides_the_number(run):
    assert why(run, 0.5).startswith("Less is still refused than you expected.")
    assert why(run, 0.1).startswith("You were close.")
    share = run.results[0].layers.query("category == 'SCU'").groupby("kind")["n_units"].sum()
    assert (winner(run) == "Mostly MLP units") == (share["mlp"] / share.sum() > 2 / 3)
