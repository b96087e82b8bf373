"""The product's own decision function, simulated: how often it says what is not so. Everything is seeded; a few seconds in all."""

import dataclasses

import numpy as np
import pytest

from core.lab.claims import Claim, Precondition, decide, false_holds, judge
from core.lab.contrast import Contrast

TRIALS = 2000
ABOVE = Claim(
    id="c", kind="paper", statement="It helps", source="Nobody", effect="effect", effect_words="effect", control="control",
    control_words="control", expected="above", margin_date="2026-11-29")
WITHIN = dataclasses.replace(ABOVE, expected="within", margin=0.1, margin_reason="the edge under test")
BAR = dataclasses.replace(ABOVE, margin=0.1, margin_reason="the bar under test")


def shares(claim, truth, *, spread=0.1, shared=0.3, n=5, trials=TRIALS, seed=0):
    """Return how often each word is said where effect minus control is ``truth`` on average, and both share much of their noise."""
    rng = np.random.default_rng([seed, n])
    common = rng.normal(0.0, shared, (trials, n))
    effect = (truth + common + rng.normal(0.0, spread, (trials, n))).tolist()
    control = common.tolist()
    said = [decide(claim, {"effect": one, "control": other}).verdict for one, other in zip(effect, control, strict=True)]
    return {word: said.count(word) / trials for word in set(said)}


@pytest.mark.parametrize("n", [5, 10])
def test_without_an_effect_it_seldom_holds(n):
    found = shares(ABOVE, 0.0, n=n)
    assert found["holds"] <= 0.034  # 2.5 %, and two standard errors of 2,000 trials
    assert found["contradicted"] <= 0.034
    assert found["holds"] > 0.01  # a rule that never speaks would pass as well


def test_power_grows_with_seeds():
    few, many = shares(ABOVE, 0.1, n=5), shares(ABOVE, 0.1, n=10)
    assert 0.3 < few["holds"] < many["holds"]
    assert many["holds"] > 0.75


def test_a_sound_control_never_blocks():
    """The old gate on a control's mean did: noise that effect and control share moves both, and nothing else."""
    found = shares(ABOVE, 1.0, shared=5.0)
    assert found["holds"] == 1.0


def test_a_rival_that_does_as_much_never_counts_for_the_claim():
    rng = np.random.default_rng(1)
    said = [decide(ABOVE, {"effect": rng.normal(0.5, 0.05, 5).tolist(), "control": rng.normal(0.5, 0.05, 5).tolist()}).verdict
            for _ in range(TRIALS)]
    assert said.count("holds") / TRIALS <= 0.034


@pytest.mark.parametrize("edge", [-0.1, 0.1])
@pytest.mark.parametrize("spread", [0.02, 0.1])
def test_equivalence_at_the_margins_edge(edge, spread):
    assert shares(WITHIN, edge, spread=spread).get("holds", 0.0) <= 0.06  # 5 %, and two standard errors


def test_equivalence_is_found_where_it_is():
    assert shares(WITHIN, 0.0, spread=0.05)["holds"] > 0.75
    assert shares(WITHIN, 0.0, spread=0.5).get("holds", 0.0) < 0.02  # much noise is no evidence of no effect


@pytest.mark.parametrize("spread", [0.005, 0.02, 0.05, 0.1])
def test_half_a_bar_is_not_called_contradicted(spread):
    found = shares(BAR, 0.05, spread=spread)
    assert found.get("contradicted", 0.0) <= 0.034
    assert found.get("holds", 0.0) <= 0.034
    if spread <= 0.02:
        assert found["weaker than published"] > 0.75


def test_the_bar_itself_and_nothing_at_all():
    edge = shares(BAR, 0.1, spread=0.02)
    assert edge["holds"] <= 0.034
    assert edge["weaker than published"] <= 0.034
    assert shares(BAR, 0.0, spread=0.02)["contradicted"] > 0.75


def test_a_precondition_that_fails_is_no_verdict_on_the_claim():
    claim = dataclasses.replace(ABOVE, preconditions=(Precondition(metric="learned", at_least=0.5, words="it learned", remedy="train"),))
    rng = np.random.default_rng(2)
    for _ in range(200):
        numbers = {"effect": rng.normal(size=5).tolist(), "control": rng.normal(size=5).tolist(), "learned": [0.1] * 5}
        assert decide(claim, numbers).verdict == "not testable here"


@pytest.mark.parametrize("share, bare, floored", [(0.5, 0.93, 0.93), (0.9, 0.92, 0.92), (0.98, 0.90, 0.95)])
def test_coverage_of_the_interval_for_shares(share, bare, floored):
    """Shares of 30 items over five seeds: near 1 Student's interval covers less than it says, and the floor of the grain mends that."""
    rng = np.random.default_rng(3)
    drawn = (rng.binomial(30, share, (TRIALS, 5)) / 30).tolist()
    plain, grained = ([_covers(Contrast(tuple(row), grain), share) for row in drawn] for grain in (0.0, 1 / 30))
    assert np.mean(plain) >= bare
    assert np.mean(grained) >= floored
    assert np.mean(grained) >= np.mean(plain)
    if share == 0.98:
        assert np.mean(plain) < 0.94


def _covers(contrast, truth):
    if contrast.error == 0.0:
        return contrast.mean == truth
    low, high = contrast.interval()
    return low <= truth <= high


def test_no_interval_has_width_zero():
    rng = np.random.default_rng(4)
    drawn = rng.binomial(18, 0.995, (500, 5)) / 18
    assert any(np.ptp(row) == 0 for row in drawn)
    for row in drawn.tolist():
        low, high = Contrast(tuple(row), 1 / 18).interval()
        assert high - low > 0.02


def test_a_room_without_any_effect_holds_as_often_as_the_page_says():
    claims = [dataclasses.replace(ABOVE, id=f"c{index}", effect=f"e{index}", control=f"k{index}") for index in range(12)]
    rng = np.random.default_rng(5)
    holds, surviving, rooms = 0, 0, 400
    for _ in range(rooms):
        numbers = {name: rng.normal(size=5).tolist() for claim in claims for name in (claim.effect, claim.control)}
        found = judge(claims, numbers)
        holds += sum(verdict.verdict == "holds" for verdict in found)
        surviving += any(verdict.survives for verdict in found)
    assert false_holds(found) == pytest.approx(0.3)
    assert holds / rooms == pytest.approx(false_holds(found), abs=0.08)
    assert surviving / rooms <= 0.05  # Holm: a whole room without a false finding, 19 times in 20


def test_adding_seeds_until_it_settles_is_no_test():
    """What every card says: from 5 seeds on to 20, looking each time, a sixth of null claims settle; at a fixed number a twentieth."""
    rng, settled, trials = np.random.default_rng(6), 0, 400
    for _ in range(trials):
        effect = rng.normal(size=20).tolist()
        settled += any(decide(ABOVE, {"effect": effect[:n], "control": [0.0] * n}).verdict != "inconclusive" for n in range(5, 21))
    assert settled / trials > 0.12
