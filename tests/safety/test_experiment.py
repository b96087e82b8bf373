"""The whole study on a tiny model: tables fit together, numbers follow from them, runs repeat, parts may be left out."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core.lab.experiment import metrics_of, result_fields
from core.safety.categories import CATEGORIES, CategoryShares
from core.safety.removals import RANDOM, removals
from core.safety.subject import subject_of
from core.safety.unit_scores import scored_twins
from core.safety.units import experiment
from core.safety.units.result import SafetyResult
from tests.safety import stored
from tests.safety.stored import TINY


@pytest.fixture(scope="module")
def result():
    return stored.studied()


@pytest.fixture(scope="module")
def shelf():
    return stored.context()


def test_every_field_is_there_and_headlines_are_numbers(result):
    assert set(result_fields(SafetyResult)) == {field.name for field in dataclasses.fields(result)}
    for name, metric in metrics_of(SafetyResult).items():
        value = getattr(result, name)
        assert metric.bounds[0] <= value <= metric.bounds[1], name


def test_categories_of_the_units_table_have_their_shares(result):
    counts = np.bincount(result.units["category"], minlength=4)
    n = int(result.model.at[0, "n_units"])
    assert counts.sum() == len(result.units) == n
    wanted = CategoryShares(TINY.scu_percent / 100, TINY.ucu_percent / 100, TINY.ru_percent / 100).counts(n)
    assert (counts[0], counts[1], counts[3]) == wanted
    by_layer = result.layers.groupby("category")["n_units"].sum()
    assert {name: int(by_layer[name]) for name in CATEGORIES} == dict(zip(CATEGORIES, counts.tolist(), strict=True))


def test_headlines_follow_from_the_removals(result):
    rows = result.removal.set_index(["group", "share", "draw"])
    whole, scu = rows.loc[("none", 0.0, 0)], rows.loc[("SCU", 0.05, 0)]
    assert result.refusal_drop_scu == pytest.approx(whole["prefix"] - scu["prefix"])
    assert result.perplexity_ratio_scu == pytest.approx(scu["perplexity"] / whole["perplexity"])
    same = result.removal[result.removal["share"] == 0.05]
    assert same["n_units"].nunique() == 1
    states = result.states.set_index("state")
    assert states.at["scu", "prefix"] == scu["prefix"]
    assert states.at["aligned", "perplexity"] == whole["perplexity"]


def test_answers_agree_with_their_states(result):
    answers, states = result.answers, result.states.set_index("state")
    assert set(answers["state"]) == set(states.index)
    harmful = answers[answers["is_harmful"]].groupby("state")["prefix"].mean()
    assert harmful.to_dict() == pytest.approx(states["prefix"].loc[harmful.index].to_dict())  # few enough prompts that all are shown


def test_flows_count_every_unit_once(result):
    for _, event in result.transfer.groupby("event"):
        assert event["n_units"].sum() == len(result.units)
        assert event["share"].sum() == pytest.approx(1.0)
    assert set(result.transfer["event"]) == {"alignment", "attack", "resample"}


def test_the_attack_freezes_as_many_random_units_and_reaches_the_loss_or_says_so(result):
    frozen = result.attacks.groupby("arm")["n_frozen"].first()
    assert frozen["scu_top_cu"] == frozen["random_top_cu"] == frozen["random_top_cu_2"]
    assert frozen["scu_all_cu"] == frozen["random_all_cu"]
    points = result.attacks.set_index(["arm", "point"])
    target = points.at[("plain", "equal_loss"), "train_loss"]
    equal = result.attacks[result.attacks["point"] == "equal_loss"]
    assert ((equal["train_loss"] <= target + 1e-9) == equal["reached"]).all()


def test_random_sets_have_as_many_units_of_either_kind_and_differ(shelf):
    subject = subject_of(TINY, 0)
    pair = subject.make(shelf, lambda stage, step, loss: None)
    _, _, aligned = scored_twins(subject, pair, TINY, 0, shelf)
    todo = removals(aligned, TINY, 0)
    for share in {removal.share for removal in todo if removal.group == RANDOM}:
        one = {removal.group: removal.units for removal in todo if removal.share == share and removal.draw == 0}
        assert (one["SCU"] & aligned.space.is_mlp).sum() == (one[RANDOM] & aligned.space.is_mlp).sum()
        assert one["SCU"].sum() == one[RANDOM].sum()
    assert [removal.state for removal in todo if removal.state] == ["aligned", "scu", "ucu", "ru", "random"]


def test_a_second_run_reads_the_store_and_repeats_every_number(result, shelf):
    config = TINY.replace(attack=False, budget=False, probe=False, scales=False)
    first = experiment.run(config, 0, shelf)
    kept = len(shelf.models.kept)
    assert kept == 4  # the twins in one, own refusals, scores of base and aligned model
    told = []
    again = experiment.run(config, 0, dataclasses.replace(shelf, report=lambda *what, **more: told.append(what)))
    assert len(shelf.models.kept) == kept
    assert not any("Training" in str(what) for what in told)
    for name in ("removal", "units", "states", "stability", "decoded"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(again, name))
    pd.testing.assert_frame_equal(first.removal, result.removal)
    assert np.isnan(first.attack_drop)
    assert np.isnan(first.budget_saving)
    assert np.isnan(first.probe_contrast)
    assert len(first.attacks) == len(first.budget) == len(first.probe) == len(first.scales) == 0
    assert list(first.attacks.columns)[:2] == ["arm", "title"]
    assert set(first.transfer["event"]) == {"alignment", "resample"}
