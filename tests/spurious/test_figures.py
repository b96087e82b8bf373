"""The figures of the room on a schema-valid result: coloured, ranged, described, and true to the tables."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.lab import jobs
from core.lab.figure import DARK, LIGHT, Look
from core.lab.panels import over
from core.lab.runs import Run
from core.spurious import figures_means
from core.spurious.columns import table_of
from core.spurious.retrain import figures as retrain_figures
from core.spurious.retrain import words as retrain_words
from core.spurious.retrain.config import retrain_config
from core.spurious.study import figures, figures_causal, figures_maps, figures_regimes, figures_rivals, figures_sweep, words
from tests.pages import spurious_runs

LOOKS = {"light": LIGHT, "dark": DARK, "projector": Look(LIGHT.ink, 1.4)}
each_figure = pytest.mark.parametrize("figure", figures.FIGURES, ids=lambda figure: figure.id)


@pytest.fixture(scope="module")
def run():
    return spurious_runs.made()


@pytest.fixture(scope="module")
def single():
    return spurious_runs.made(seeds=(0,))


@pytest.fixture(scope="module")
def bare(run):
    """A run whose evidence was switched off, and whose hidden, identifiable and noisy parts were left out."""
    def left_out(result):
        gone = ("rivals", "attribution", "maps", "diffroar_levels", "simplicity", "samples", "choice", "causal", "histogram", "regimes",
                "scores")
        empty = {name: table_of(name.removesuffix("_levels"), []) for name in gone}
        return replace(result, sweep=result.sweep[result.sweep["scenario"] == "main"], curves=result.curves.iloc[:0], **empty)
    return Run(run.request, tuple(left_out(one) for one in run.results), (), run.root)


@each_figure
def test_every_text_is_coloured_and_every_range_is_set(figure, run):
    for look in LOOKS.values():
        layout = figure.draw(run, look).to_dict()["layout"]
        assert layout["font"]["color"] == look.ink
        axes = [axis for name, axis in layout.items() if re.fullmatch(r"[xy]axis\d*", name)]
        assert len(axes) >= 2
        for axis in axes:
            assert axis["tickfont"]["color"] == look.ink
            assert axis["title"]["font"]["color"] == look.ink
            assert "range" in axis or figure.id == "maps", "pictures keep their own shape"
            assert len(axis["title"].get("text", "")) < 33
        assert all(note["font"]["color"] == look.ink for note in layout.get("annotations", ()))
        assert "title" not in layout


@each_figure
def test_the_description_is_one_short_sentence(figure, run, single):
    for one in (run, single):
        said = figure.alt(one)
        assert 20 < len(said) < 160
        assert "nan" not in said
        assert not re.search(r"[<>*_`]", said)


@each_figure
def test_a_figure_stays_light(figure, run):
    drawn = figure.draw(run, LIGHT)
    assert sum(np.size(trace.z) if trace.type == "heatmap" else len(trace.x) for trace in drawn.data) < 20_000
    assert not any(trace.type.endswith("gl") for trace in drawn.data)


@each_figure
def test_one_seed_and_missing_parts_do_not_break_it(figure, single, bare):
    assert figure.draw(single, LIGHT) is not None
    drawn = figure.draw(bare, LIGHT)
    assert drawn is None or figure.id in ("sweep", "price", "accuracy", "removed")
    assert figure.alt(bare)


def test_means_by_hand():
    """Three seeds of 0.1, 0.2, 0.3: mean 0.2, half width 4.303 * 0.1 / sqrt(3); the lower end is cut at zero."""
    table = pd.DataFrame({"rule": ["a", "b", "a", "a"], "share": [0.5, 0.5, 0.5, 0.5], "value": [0.1, 0.9, 0.2, 0.3]})
    rows = figures_means.means(table, ["rule", "share"], ["value"]).set_index("rule")
    assert rows.loc["a", "value"] == pytest.approx(0.2)
    assert rows.loc["a", "value_high"] == pytest.approx(0.2 + 4.3027 * 0.1 / np.sqrt(3), abs=1e-4)
    assert rows.loc["a", "value_low"] == 0.0
    assert np.isnan(rows.loc["b", "value_low"])


def test_a_seed_without_a_number_is_not_left_out_of_the_mean():
    """The mean of the seeds that happened to succeed is biased: every figure of the house says so by the same rule."""
    table = pd.DataFrame({"rule": ["a"] * 4, "value": [0.1, 0.2, 0.3, np.nan]})
    row = figures_means.means(table, ["rule"], ["value"]).iloc[0]
    assert np.isnan(row["value"])
    assert np.isnan(over(table.assign(seed=range(4)), ["rule"], "value")["value"].iloc[0])


def test_names_at_the_ends_never_touch():
    figure = figures_sweep.canvas(LIGHT, x="", y="")
    ends = [(name, 0.9, height, False) for name, height in (("a", 0.5), ("b", 0.51), ("c", 0.02), ("d", 0.99), ("e", 0.5))]
    figures_means.end_names(figure, LIGHT, ends, low=0.0, high=1.0)
    places = sorted(note.ay for note in figure.layout.annotations)
    assert np.diff(places).min() >= figures_means.NAME_ROOM - 1e-9
    assert min(places) >= 0
    assert max(places) <= 1


def test_every_line_of_the_sweep_starts_where_nothing_is_pruned(run):
    table = run.table("sweep")
    start = table[(table["scenario"] == "main") & (table["rule"] == "none")]["reliance"].mean()
    lines = [trace for trace in figures_sweep.sweep(run, LIGHT).data if trace.name]
    assert [trace.name for trace in lines] == ["easiest", "random", "hardest but no carriers", "hardest"]
    assert all(trace.x[0] == 0 and trace.y[0] == pytest.approx(start) for trace in lines)
    mine = table[(table["scenario"] == "main") & (table["rule"] == "hardest") & (table["share"] == 0.5)]
    at = dict(zip(lines[-1].x, lines[-1].y, strict=True))
    assert at[0.5] == pytest.approx(mine["reliance"].mean())


def test_the_sweep_of_the_carriers_has_its_own_rules(run):
    names = [trace.name for trace in figures_sweep.sweep(run, LIGHT, rules="carriers").data if trace.name]
    assert names == ["easiest carriers", "random carriers", "hardest carriers"]
    assert figures_sweep.sweep(run, LIGHT, scenario="no such set") is None


def test_what_is_removed_follows_the_counts(run):
    traces = {trace.name: trace for trace in figures_sweep.removed(run, LIGHT).data if trace.name}
    table = run.table("sweep")
    mine = table[(table["scenario"] == "noisy") & (table["rule"] == "hardest") & (table["share"] == 0.5)]
    wrong = dict(zip(traces["wrong<br>labels"].x, traces["wrong<br>labels"].y, strict=True))
    assert wrong[0.0] == 0
    assert wrong[0.5] == pytest.approx(1 - mine["n_wrong_left"].mean() / mine["n_wrong"].mean())


def test_the_causal_figure_runs_from_easy_to_hard(run):
    rows = figures_causal.blocks(run)
    assert rows["block"].tolist() == ["easiest", "easy", "middle", "hard", "hardest"]
    cued = next(trace for trace in figures_causal.causal(run, LIGHT).data if trace.name == "with the cue")
    assert list(cued.y) == rows["reliance"].tolist()


def test_histograms_sum_to_one(run):
    for trace in figures_regimes.histogram(run, LIGHT, scenario="hidden").data:
        assert np.sum(trace.y[:-1]) == pytest.approx(1.0)


def test_the_regime_needs_the_test_to_reject_in_every_seed(run):
    assert figures_regimes.verdict(run, "identifiable")[0] == "identifiable"
    assert figures_regimes.verdict(run, "hidden")[0] == "hidden"
    assert figures_regimes.verdict(run, "no such set")[0] == ""
    one = run.results[0]
    table = one.regimes.assign(p_value=np.where(one.regimes["scenario"] == "identifiable", 0.2, one.regimes["p_value"]))
    doubtful = Run(run.request, (replace(one, regimes=table), *run.results[1:]), (), run.root)
    assert figures_regimes.verdict(doubtful, "identifiable")[0] == "mixed"
    assert "in some seeds alone" in figures_regimes.verdict_words(doubtful, "identifiable")
    for shown, symbol in ((run, "diamond"), (doubtful, "diamond-open")):
        traces = {trace.name: trace for trace in figures_regimes.over_epochs(shown, LIGHT).data}
        assert set(traces["Many carriers"].marker.symbol) == {symbol}
    assert "0.20" in figures_regimes.verdict_words(doubtful, "identifiable")
    assert "easier" in figures_regimes.verdict_words(run, "identifiable")


def test_open_dots_need_labels(run):
    drawn = {trace.name: trace for trace in figures_rivals.rivals(run, LIGHT).data}
    assert set(drawn["needs more labels"].y) == {"DFR", "GroupDRO", "Pruning hard carriers"}
    assert set(drawn["needs more labels"].marker.symbol) == {"circle-open"}
    rows = figures_rivals.standings(run)
    assert rows["worst_group_accuracy"].is_monotonic_decreasing


def test_maps_show_image_and_every_network(run):
    drawn = figures_maps.maps(run, LIGHT)
    assert len(drawn.data) == 3 * (1 + 3)
    assert len({note.text for note in drawn.layout.annotations}) == 4
    assert max(float(np.abs(trace.z).max()) for trace in drawn.data if trace.zmin == -1) <= 1


def test_the_answer_follows_the_interval(run, single):
    assert words.answer(run).startswith("Yes: with the cue")
    assert "Without the hardest 50% of every class" in words.answer(run)
    assert words.answer(spurious_runs.made(effect=0.0)).startswith("No:")
    assert words.answer(single).startswith("Not decided:")
    assert "one seed gives no interval" in words.answer(single)


def test_the_winner_needs_no_groups_and_can_be_guessed(run):
    assert words.winner(run) == "Pruning the hardest"
    assert words.winner(run) in words.PREDICTION.answers
    assert words.PREDICTION.metric in run.estimates()
    assert "You were close" in words.why(run, run.estimate("reliance").value)


def test_the_words_of_the_room_are_whole():
    assert len(words.TEXTS.measures.split()) <= 6
    assert words.TEXTS.span[0] < words.TEXTS.baseline[0] < words.TEXTS.span[1]


def test_one_pruning_beside_random_images():
    config = retrain_config(spurious_runs.LITE.config, "hardest", 0.35)
    asked = jobs.make_request(spurious_runs.SPURIOUS_RETRAIN, config, (0, 1, 2))
    run = Run(asked, tuple(spurious_runs.retrained(seed, config) for seed in asked.seeds), (), spurious_runs.Path("/nowhere"))
    drawn = retrain_figures.draw(run, LIGHT)
    misled = next(trace for trace in drawn.data if trace.name == "misled by the cue")
    assert dict(zip(misled.y, misled.x, strict=True)) == pytest.approx({"Nothing removed": 0.65, "Removed": 0.2, "As many random": 0.6})
    assert "65.0% before" in retrain_figures.alt(run)
    assert retrain_words.answer(run).startswith("Less misled:")
    assert "You were close" in retrain_words.why(run, 0.21)


@pytest.mark.parametrize("budget", ["epochs", "steps"])
def test_the_sweep_says_how_long_networks_train_after_pruning(run, budget):
    request = replace(run.request, config=run.request.config.replace(budget=budget))
    figure = figures_sweep.sweep(Run(request, run.results, (), run.root), LIGHT)
    assert figure.layout.xaxis.title.text == f"pruned per class, same {budget}"
