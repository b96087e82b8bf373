import dataclasses

import pytest

from core.lab.claims import Claim, decide
from core.lab.estimate import Estimate, over_seeds

CLAIM = Claim(
    id="c", statement="It helps", source="Somebody 2020, section 3", effect="gain", effect_words="gain", expected="above",
    reference=0.0, margin=0.1, control="shuffled", control_words="shuffled", control_reference=0.0, control_margin=0.05)
BELOW = dataclasses.replace(CLAIM, expected="below")
WITHIN = dataclasses.replace(CLAIM, expected="within", reference=0.5, margin=0.01)
SOUND = Estimate(0.0, -0.01, 0.01, 3)


def interval(low, high, n=3):
    return Estimate((low + high) / 2, low, high, n)


@pytest.mark.parametrize("claim, low, high, verdict", [
    (CLAIM, 0.11, 0.3, "holds"),
    (CLAIM, 0.10, 0.3, "inconclusive"),        # the edge itself is no proof
    (CLAIM, 0.05, 0.3, "inconclusive"),
    (CLAIM, -0.2, 0.09, "contradicted"),       # surely smaller than what counts
    (CLAIM, 0.01, 0.09, "contradicted"),       # above zero, yet below the margin
    (CLAIM, -0.3, -0.2, "contradicted"),
    (BELOW, -0.3, -0.11, "holds"),
    (BELOW, -0.3, -0.05, "inconclusive"),
    (BELOW, 0.2, 0.3, "contradicted"),
    (WITHIN, 0.495, 0.505, "holds"),
    (WITHIN, 0.495, 0.52, "inconclusive"),
    (WITHIN, 0.3, 0.7, "inconclusive"),        # straddles both edges
    (WITHIN, 0.52, 0.53, "contradicted"),
    (WITHIN, 0.4, 0.48, "contradicted"),
])
def test_by_hand(claim, low, high, verdict):
    assert decide(claim, interval(low, high), SOUND).verdict == verdict


@pytest.mark.parametrize("n", [0, 1, 2])
def test_fewer_than_three_seeds_decide_nothing(n):
    decision = decide(CLAIM, over_seeds([0.9] * n), over_seeds([0.0] * n))
    assert decision.verdict == "inconclusive"
    assert decision.reason.startswith(f"{n} of at least 3 seeds")


@pytest.mark.parametrize("control, verdict", [
    (interval(-0.02, 0.02), "holds"),
    (interval(-0.02, 0.1), "holds"),           # reaches beyond, with its mean inside
    (interval(0.04, 0.2), "inconclusive"),     # reaches into what is tolerated, with its mean beyond
    (interval(0.06, 0.2), "inconclusive"),     # wholly beyond: the control moves too
    (interval(-0.2, -0.06), "inconclusive"),
    (Estimate(float("nan"), None, None, 3), "inconclusive"),
])
def test_the_control_must_be_sound(control, verdict):
    decision = decide(CLAIM, interval(0.2, 0.3), control)
    assert decision.verdict == verdict
    if verdict == "inconclusive":
        assert "control" in decision.reason
    else:
        assert ("not in its whole interval" in decision.reason) == (control.high > CLAIM.control_margin)


def test_a_control_with_nothing_to_change_is_said_so():
    """Where the control must show the trouble that the claimed cause takes away, too little trouble proves nothing."""
    claim = dataclasses.replace(WITHIN, margin=0.02, control_reference=0.6, control_margin=0.08)
    decision = decide(claim, interval(0.495, 0.505), interval(0.51, 0.515))
    assert decision.verdict == "inconclusive"
    assert "nothing for the claimed cause to change" in decision.reason
    assert decide(claim, interval(0.495, 0.505), interval(0.54, 0.56)).verdict == "holds"
    assert "moves as well" in decide(CLAIM, interval(0.2, 0.3), interval(0.06, 0.2)).reason


def test_a_moving_control_also_forbids_a_contradiction():
    assert decide(CLAIM, interval(-0.3, -0.2), interval(0.1, 0.2)).verdict == "inconclusive"


def test_an_effect_that_one_seed_could_not_resolve():
    decision = decide(CLAIM, over_seeds([0.3, float("nan"), 0.3]), SOUND)
    assert decision.verdict == "inconclusive"
    assert "effect could not be resolved" in decision.reason


def test_how_many_seeds_would_settle_it():
    # mean 0.2, half width 0.2, distance to the edge 0.1: four times the seeds halve the width to the edge, and one more passes it
    assert "about 13 seeds" in decide(CLAIM, interval(0.0, 0.4), SOUND).reason
    assert "unlikely to settle" in decide(CLAIM, interval(0.0, 0.2), SOUND).reason


def test_a_verdict_keeps_what_it_was_computed_from():
    effect = interval(0.2, 0.3)
    decision = decide(CLAIM, effect, SOUND)
    assert (decision.claim, decision.effect, decision.control) == (CLAIM, effect, SOUND)
