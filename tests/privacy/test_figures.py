"""The figures of the audit on a schema-valid result: coloured, ranged, described, and true to the tables."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.lab.figure import DARK, LIGHT, Look
from core.lab.runs import Run
from core.privacy.audit import figures, figures_leakage, figures_training
from core.privacy.audit.words import TEXTS, answer, winner
from tests.pages import audits

LOOKS = {"light": LIGHT, "dark": DARK, "projector": Look(LIGHT.ink, 1.4)}


def made(leak: float, seeds: tuple[int, ...] = (0, 1, 2)) -> Run:
    return Run(audits.request(seeds=seeds), tuple(audits.result(seed, leak=leak) for seed in seeds), (), audits.Path("/nowhere"))


@pytest.fixture(scope="module")
def run():
    with pytest.MonkeyPatch.context():
        return made(2.0)


@pytest.fixture(scope="module")
def quiet():
    """An audit in which members look like everybody else."""
    return made(0.0)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("figure", figures.FIGURES, ids=lambda figure: figure.id)
def test_every_text_is_coloured_and_every_range_is_set(figure, look, run):
    """Streamlit's own text colour is too faint on our page, and annotations widen ranges that are left open."""
    layout = figure.draw(run, look).to_dict()["layout"]
    assert layout["font"]["color"] == look.ink
    axes = [axis for name, axis in layout.items() if re.fullmatch(r"[xy]axis\d*", name)]
    assert len(axes) >= 2
    for axis in axes:
        assert axis["tickfont"]["color"] == look.ink
        assert axis["title"]["font"]["color"] == look.ink
        assert "range" in axis
        assert len(axis["title"].get("text", "")) < 33
    assert all(note["font"]["color"] == look.ink for note in layout.get("annotations", ()))
    assert "title" not in layout  # it stands outside, as a heading


@pytest.mark.parametrize("figure", figures.FIGURES, ids=lambda figure: figure.id)
def test_the_description_is_one_short_sentence(figure, run, quiet):
    for one in (run, quiet):
        said = figure.alt(one)
        assert 20 < len(said) < 160
        assert "nan" not in said
        assert not re.search(r"[<>*_`]", said)


@pytest.mark.parametrize("figure", figures.FIGURES, ids=lambda figure: figure.id)
def test_a_figure_stays_light(figure, run):
    drawn = figure.draw(run, LIGHT)
    assert sum(len(trace.x) for trace in drawn.data if trace.x is not None) < 20_000
    assert not any(trace.type.endswith("gl") for trace in drawn.data)


def test_the_roc_is_log_log_or_linear(run):
    assert figures_leakage.roc(run, LIGHT).layout.xaxis.type == "log"
    assert figures_leakage.roc(run, LIGHT, scale="linear").layout.yaxis.type == "linear"


def test_no_curve_enters_what_cannot_be_resolved(run):
    table = run.table("roc")
    edge = figures_leakage.resolution(table)
    zone = next(shape for shape in figures_leakage.roc(run, LIGHT).layout.shapes if shape.type == "rect")
    assert zone.x1 == edge
    curves = [trace for trace in figures_leakage.roc(run, LIGHT).data if trace.line.dash != "dot"]
    assert min(np.min(trace.x) for trace in curves) >= edge


def test_the_roc_is_the_mean_over_seeds_of_the_table(run):
    table = run.table("roc")
    rate = table.loc[table["is_resolved"], "fpr"].iloc[-20]
    mine = table[(table["attack"] == "loss") & (table["fpr"] == rate)]["tpr_median"]
    points = figures_leakage.roc_points(table, "loss")
    assert len(mine) == 3
    assert points.loc[points["fpr"] == rate, "tpr_median"].item() == pytest.approx(mine.mean())


def test_an_attack_that_did_not_run_draws_nothing(run):
    assert figures_leakage.roc(run, LIGHT, attack="learned") is None
    assert figures_leakage.scores(run, LIGHT, attack="no such attack") is None


@pytest.mark.parametrize("measure", figures_leakage.MEASURES)
def test_the_league_puts_the_best_on_top(run, measure):
    drawn = figures_leakage.league(run, LIGHT, measure=measure)
    values = {name: value for trace in drawn.data for name, value in zip(trace.y, trace.x, strict=True)}
    ordered = [values[name] for name in drawn.layout.yaxis.categoryarray]
    assert ordered == sorted(ordered)
    assert len(ordered) == figures_leakage.ranking(run, measure)["value"].notna().sum()


def test_the_league_of_a_run_that_resolves_nothing_is_empty(run):
    rows = [one.attacks.assign(tpr_01pct=np.nan) for one in run.results]
    blind = Run(run.request, tuple(replace(one, attacks=table) for one, table in zip(run.results, rows, strict=True)), (), run.root)
    assert figures_leakage.league(blind, LIGHT, measure="01pct") is None


def test_histograms_share_their_bins_and_sum_to_one(run):
    members, others = (trace for trace in reversed(figures_leakage.scores(run, LIGHT).data))
    assert np.array_equal(members.x, others.x)
    assert np.sum(members.y[:-1]) == pytest.approx(1.0)
    assert (members.line.dash, others.line.dash) == ("solid", "dash")


def test_slices_can_be_classes_or_difficulty(run):
    assert set(figures_leakage.slices(run, LIGHT).data[0].y) == set(audits.CLASSES)
    assert list(figures_leakage.slices(run, LIGHT, kind="difficulty").data[0].y)[-1] == "easiest quarter"


def test_the_transferred_threshold_never_beats_the_oracle(run):
    kept, oracle = (trace for trace in figures.thresholds(run, LIGHT).data if trace.mode == "markers")
    assert (np.asarray(kept.x) <= np.asarray(oracle.x) + 1e-9).all()


def test_the_run_on_show_is_the_filled_dot():
    points = pd.DataFrame({"run": ["a", "b"], "words": ["lite", "full"], "gap": [0.1, 0.3], "auc": [0.6, 0.8], "auc_low": [0.5, np.nan],
                           "auc_high": [0.7, np.nan]})
    drawn = figures_training.leakage_against_gap(points, LIGHT, current="b")
    assert list(drawn.data[0].marker.symbol) == ["circle-open", "circle"]
    assert list(drawn.data[0].x) == pytest.approx([10.0, 30.0])


def test_the_answer_follows_the_interval(run, quiet):
    assert answer(run).startswith("Yes: the attack reaches AUC")
    assert answer(quiet).startswith(("No:", "Not decided:"))
    assert answer(made(2.0, seeds=(0,))).startswith("Not decided:")
    assert "one seed gives no interval" in answer(made(2.0, seeds=(0,)))


def test_the_winner_is_a_family_that_can_be_guessed(run):
    from core.privacy.audit.words import PREDICTION
    assert winner(run) in PREDICTION.answers
    assert PREDICTION.metric in run.estimates()


def test_the_words_of_the_room_are_whole():
    assert len(TEXTS.measures.split()) <= 6
    assert TEXTS.span[0] < TEXTS.baseline[0] < TEXTS.span[1]
    assert TEXTS.formulas
    assert TEXTS.assumptions
    assert TEXTS.sources
