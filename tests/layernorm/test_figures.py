"""The figures and words of the room on a finished tiny run: coloured, ranged, described, and true to the tables."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.lab.figure import DARK, LIGHT, Look
from core.lab.panels import over
from core.layernorm.gauge.figures import FIGURES as GAUGE_FIGURES
from core.layernorm.panels import placements_of, variants_of
from core.layernorm.study import figures, figures_samples
from core.layernorm.study.figures_compared import ends, published_table
from core.layernorm.study.figures_layers import MEASURES, epochs_measured, thirds_table
from core.layernorm.study.figures_memory import SHARES
from core.layernorm.study.published import ROWS
from core.layernorm.study.words import answer, why, winner
from tests.layernorm import stored

LOOKS = {"dark": DARK, "projector": Look(LIGHT.ink, 1.4)}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run():
    return stored.run()


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("figure", figures.FIGURES, ids=lambda figure: figure.id)
def test_every_text_is_coloured_and_every_range_is_set(figure, look, run):
    layout = figure.draw(run, look).to_dict()["layout"]
    axes = [axis for name, axis in layout.items() if re.fullmatch(r"[xy]axis\d*", name)]
    assert len(axes) >= 2
    for axis in axes:
        assert axis["tickfont"]["color"] == look.ink
        assert axis["title"]["font"]["color"] == look.ink
        assert np.isfinite(axis["range"]).all()
        assert len(axis["title"].get("text", "")) < 33
    assert all(note["font"]["color"] == look.ink for note in layout.get("annotations", ()))


@pytest.mark.parametrize("figure", [*figures.FIGURES, *GAUGE_FIGURES], ids=lambda figure: figure.id)
def test_every_figure_is_described_in_a_sentence(figure, run):
    said = figure.alt(run)
    assert 30 < len(said) < 160
    assert said.endswith(".")
    assert "nan" not in said


def test_shares_are_drawn_as_they_are_and_fill_the_plane(run):
    drawn = figures.SHARES_POST.draw(run, LIGHT)
    table = run.table("epochs")
    for axis, variant in (("x", "intact"), ("x2", "all")):
        areas = {trace.name: np.array(trace.y) for trace in drawn.data if trace.xaxis == axis and trace.name in SHARES}
        np.testing.assert_allclose(sum(areas.values()), 1.0)
        mine = table[(table["placement"] == "post") & (table["variant"] == variant)]
        np.testing.assert_allclose(areas["memorised"], mine.groupby("epoch")["memorised"].mean())


@pytest.mark.parametrize("variant", ["elr", "elsewhere", "dropout_all"])
def test_any_variant_can_stand_beside_the_intact_model(run, variant):
    assert figures.SHARES_PRE.draw(run, LIGHT, variant=variant) is not None
    assert figures.DELAY.draw(run, LIGHT, variant=variant) is not None
    assert figures.SHARES_POST.draw(run, LIGHT, variant="folded") is None, "Post-LN cannot be folded"


@pytest.mark.parametrize("measure", MEASURES)
def test_what_thirds_lose(run, measure):
    table = thirds_table(run, measure)
    assert set(table["group"]) == {"early", "middle", "later"}
    assert figures.THIRDS.draw(run, LIGHT, measure=measure) is not None


def test_thirds_lose_what_the_table_of_damage_says(run):
    damage = run.results[0].damage.set_index(["placement", "intervention"])["accuracy"]
    table = thirds_table(run, "damage").set_index(["seed", "placement", "group", "where"])["lost"]
    assert table[0, "pre", "early", "stripped"] == pytest.approx(100 * (damage["pre", "intact"] - damage["pre", "early"]))
    assert table[0, "post", "later", "elsewhere"] == pytest.approx(100 * (damage["post", "intact"] - damage["post", "elsewhere_later"]))


def test_gradients_step_through_the_epochs(run):
    epochs = epochs_measured(run)
    first, last = (figures.GRADIENTS.draw(run, LIGHT, epoch=str(epoch)) for epoch in (epochs[0], epochs[-1]))
    assert not np.allclose(first.data[0].y, last.data[0].y)
    table = run.results[0].gradients
    mine = table[(table["placement"] == "post") & (table["variant"] == "intact") & (table["epoch"] == epochs[-1])]
    np.testing.assert_allclose(last.data[0].y, mine.loc[mine["samples"] == "test", "gradient"])


def test_a_mean_over_seeds_has_students_interval_and_none_under_three():
    table = pd.DataFrame({"seed": [0, 1, 2], "name": "a", "value_": [0.1, 0.2, 0.6]})
    row = over(table, ["name"], "value_").iloc[0]
    assert row["value"] == pytest.approx(0.3)
    assert row["high"] - row["value"] == pytest.approx(4.30265 * np.std([0.1, 0.2, 0.6], ddof=1) / np.sqrt(3), rel=1e-5)
    alone = over(table[:2], ["name"], "value_").iloc[0]
    assert (alone["low"], alone["high"], alone["n"]) == (alone["value"], alone["value"], 2)


def test_published_rows_stand_first_and_keep_their_scale(run):
    table = published_table(run)
    assert table["memorised"][:4].tolist() == [row.memorised for row in ROWS]
    assert len(table) == 8
    np.testing.assert_allclose(table[list(SHARES)].sum(axis=1), 1.0, atol=2e-4)
    assert table["scale"].str.contains("40 images").sum() == 4


def test_early_stopping_stands_among_the_rivals(run):
    table = ends(run, "post")
    stopped = table[table["variant"] == "stopped"]
    assert stopped["test_accuracy"].tolist() == [stored.trained().variants.set_index(["placement", "variant"]).loc[
        ("post", "intact"), "best_test"]] * 3
    assert set(table["variant"]) == {*variants_of(run, "post"), "stopped"}


def test_a_sample_is_followed_through_the_epochs(run):
    table = run.results[0].predictions
    said = table[(table["placement"] == "pre") & (table["sample"] == run.results[0].samples["sample"].iloc[1])]
    drawn = figures_samples.over_epochs(said, ("intact", "elr"), LIGHT)
    mine = said[said["variant"] == "elr"]
    np.testing.assert_allclose(drawn.data[2].y, mine["p_noisy"])
    np.testing.assert_allclose(drawn.data[3].y, mine["p_true"])
    assert f"intact {said[said['variant'] == 'intact']['p_noisy'].iloc[-1]:.0%}" in figures_samples.alt_text(said, ("intact", "elr"))


def test_a_run_of_one_placement_draws_what_it_has(run):
    only = [replace(one, **{name: getattr(one, name)[getattr(one, name)["placement"] == "pre"].reset_index(drop=True) for name in (
        "epochs", "matched", "variants", "norms", "gradients", "damage", "gauge", "predictions", "pretraining", "models")})
        for one in run.results]
    alone = replace(run, results=tuple(only))
    assert placements_of(alone) == ("pre",)
    for figure in figures.FIGURES:
        drawn = figure.draw(alone, LIGHT)
        assert (drawn is None) == figure.id.endswith("post"), figure.id


@pytest.mark.parametrize("numbers, begins", [
    ({}, "No: stripped, the Post-LN model memorises 93.3% of the wrong labels; intact, 98.0%"),
    ({"memorised_drop_post": (0.7, 0.75, 0.72), "memorised_drop_matched_post": (0.5, 0.6, 0.55)}, "Yes: "),
    ({"memorised_drop_post": (0.7, 0.75, 0.72)}, "Not decided: "),
    ({"memorised_drop_post": (0.9, 0.1, 0.2)}, "Not decided: "),
    ({"memorised_post": (0.1, 0.2, 0.1)}, "Not decided: "),
])
def test_the_answer_follows_from_the_intervals(numbers, begins):
    assert answer(stored.run(**numbers)).startswith(begins)


def test_the_answer_names_what_is_missing():
    assert "one seed gives no interval" in answer(stored.run(seeds=(0,)))
    assert "train for longer" in answer(stored.run(memorised_post=(0.1, 0.2, 0.1)))
    assert "it memorises more (" in answer(stored.run())


def test_a_guess_is_met_with_what_decides_the_number(run):
    assert why(run, 0.3).startswith("Stripped models memorise more than you expected.")
    assert why(run, 0.9).startswith("You were close.")
    assert why(stored.run(memorised_stripped_post=(float("nan"),) * 3), 0.3).startswith("This run holds no Post-LN model.")


def test_the_winner_is_the_third_that_costs_most(run):
    mean = thirds_table(run, "damage")
    mean = mean[mean["where"] == "stripped"].groupby("group")["lost"].mean()
    assert winner(run).startswith(mean.idxmax().capitalize())
