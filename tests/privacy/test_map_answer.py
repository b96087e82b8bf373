"""The answer of the map: means over seeds first, then the best point within the budget, and whether another is as good."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core.lab.estimate import over_seeds
from core.privacy.map.answer import answer, as_good, leaders, stopped_at, winner


def made_up(points, seeds=3):
    """Return a map whose points lie at (AUC, accuracy) in every seed."""
    rows = [(seed, curve, strength, auc, accuracy) for seed in range(seeds)
            for curve, strength, auc, accuracy in points]
    table = pd.DataFrame(rows, columns=["seed", "curve", "strength", "auc", "test_accuracy"])
    plain = table.loc[table["curve"] == "plain", "auc"]
    return SimpleNamespace(table=lambda name: table, estimate=lambda name: over_seeds(plain.tolist()))


BASE = [("plain", -1, 0.80, 0.90), ("early_stopping", 0, 0.80, 0.90), ("early_stopping", 1, 0.60, 0.80)]


def test_one_defence_wins_where_every_seed_says_so():
    run = made_up([*BASE, ("crl", 0, 0.70, 0.89), ("crl", 1, 0.50, 0.85), ("srcm", 0, 0.75, 0.89)])
    assert answer(run) == (
        "CRL wins: for two points of accuracy it leaves AUC 0.70 (0.70 to 0.70), 3 seeds, of 0.80, and stopping early is worse (0.78).")
    assert winner(run) == "CRL"
    assert [leader.curve for leader in leaders(run)] == ["crl", "srcm", "plain", "early_stopping"]


def test_a_point_beyond_the_budget_does_not_count_however_little_it_leaks():
    assert winner(made_up([*BASE, ("crl", 0, 0.50, 0.879), ("srcm", 0, 0.75, 0.881)])) == "SRCM"
    assert winner(made_up([*BASE, ("crl", 0, 0.50, 0.70)])) == "Plain"
    assert answer(made_up([*BASE[:1], BASE[2], ("crl", 0, 0.50, 0.70)])).startswith("Plain wins")


def test_two_that_cannot_be_told_apart_are_both_named():
    run = made_up([*BASE, ("crl", 0, 0.0, 0.89), ("srcm", 0, 0.0, 0.89)])
    table = run.table("points")
    table.loc[table["curve"] == "crl", "auc"] = [0.70, 0.71, 0.69]
    table.loc[table["curve"] == "srcm", "auc"] = [0.71, 0.70, 0.72]
    assert answer(run) == (
        "Not decided: for two points of accuracy CRL leaves AUC 0.70 (0.68 to 0.72), 3 seeds, of 0.80; SRCM may be as good, "
        "and stopping early is worse (0.78).")


def test_the_winner_is_that_of_the_mean_and_no_seed_s_own():
    """Seeds disagree: minima of single seeds would promise .60, the best mean is .65."""
    base = made_up([*BASE, ("crl", 0, 0.0, 0.89), ("srcm", 0, 0.65, 0.89)])
    table = base.table("points")
    table.loc[table["curve"] == "crl", "auc"] = [0.60, 0.70, 0.68]
    table.loc[table["curve"] == "srcm", "auc"] = [0.66, 0.64, 0.65]
    first, second, *_ = leaders(base)
    assert (first.curve, second.curve) == ("srcm", "crl")
    assert first.aucs.tolist() == [0.66, 0.64, 0.65]
    assert [rival.curve for rival in as_good(first, [second])] == ["crl"]


def test_one_seed_decides_nothing():
    assert answer(made_up([*BASE, ("crl", 0, 0.70, 0.89)], seeds=1)) == (
        "Not decided: for two points of accuracy CRL leaves AUC 0.70 of 0.80, but one seed gives no interval.")


def test_early_stopping_lies_on_the_line_between_its_epochs():
    table = made_up(BASE, seeds=2).table("points")
    np.testing.assert_allclose(stopped_at(table, np.array([0.85, 0.90])), [0.70, 0.80])
    np.testing.assert_allclose(stopped_at(table, np.array([0.10, 0.99])), [0.60, 0.80])


@pytest.mark.parametrize("auc, verb", [(0.70, "early is worse"), (0.79, "early is better"), (0.78, "early may be as good")])
def test_stopping_early_is_judged_at_the_same_accuracy(auc, verb):
    run = made_up([*BASE, ("crl", 0, auc, 0.89)])
    table = run.table("points")
    table.loc[table["curve"] == "crl", "auc"] += np.array([-0.001, 0.001, 0.0])
    assert verb in answer(run)
