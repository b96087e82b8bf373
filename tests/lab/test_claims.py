import dataclasses
import math

import pytest

from core.lab.claims import PAIRED, Claim, Precondition, decide, holm, judge, rule, tally
from core.lab.contrast import Contrast, survivors

NAN = float("nan")
CLAIM = Claim(
    id="c", kind="paper", statement="It helps", source="Somebody 2020, section 3", effect="gain", effect_words="gain", control="rival",
    control_words="rival", expected="above", margin=0.1, margin_reason="less is nothing", margin_date="2026-11-29")
BELOW = dataclasses.replace(CLAIM, expected="below")
WITHIN = dataclasses.replace(CLAIM, expected="within")
ANY = dataclasses.replace(CLAIM, margin=0.0)
TOLERANT = dataclasses.replace(CLAIM, margin=-0.1)
NEEDS = Precondition(metric="learned", at_least=0.5, words="the cue was learned", remedy="take a stronger mark")


def values(mean, spread=0.01, n=5, **more):
    """Numbers of ``n`` seeds whose paired difference has this mean and standard deviation, although both vary much more."""
    shape = [position - (n - 1) / 2 for position in range(n)]
    scale = spread / math.sqrt(sum(part * part for part in shape) / max(1, n - 1)) if n > 1 else 0.0
    rival = [0.3 * (-1) ** position for position in range(n)]
    return {"gain": [mean + scale * part + other for part, other in zip(shape, rival, strict=True)], "rival": rival} | more


@pytest.mark.parametrize("claim, mean, spread, verdict", [
    (CLAIM, 0.2, 0.01, "holds"),
    (CLAIM, 0.1, 0.01, "inconclusive"),             # the edge itself is no proof
    (CLAIM, 0.08, 0.01, "weaker than published"),   # surely above none, surely under the bar
    (CLAIM, 0.01, 0.02, "contradicted"),            # surely under half the bar, and not told from none
    (CLAIM, 0.02, 0.03, "inconclusive"),            # under the bar, and half of it is not excluded
    (CLAIM, -0.2, 0.01, "contradicted"),
    (CLAIM, 0.12, 0.2, "inconclusive"),
    (BELOW, -0.2, 0.01, "holds"),
    (BELOW, -0.08, 0.01, "weaker than published"),
    (BELOW, 0.2, 0.01, "contradicted"),
    (ANY, 0.02, 0.01, "holds"),
    (ANY, -0.02, 0.01, "contradicted"),
    (ANY, 0.01, 0.05, "inconclusive"),
    (TOLERANT, -0.05, 0.01, "holds"),               # no more than so much worse
    (TOLERANT, -0.15, 0.01, "contradicted"),
    (TOLERANT, -0.1, 0.01, "inconclusive"),
    (WITHIN, 0.0, 0.05, "holds"),
    (WITHIN, 0.05, 0.05, "holds"),                  # two one-sided tests at 5 %, not the whole two-sided interval
    (WITHIN, 0.05, 0.06, "inconclusive"),
    (WITHIN, 0.2, 0.05, "contradicted"),
    (WITHIN, -0.2, 0.05, "contradicted"),
    (WITHIN, 0.0, 0.5, "inconclusive"),             # straddles both edges: no evidence of no effect
])
def test_by_hand(claim, mean, spread, verdict):
    assert decide(claim, values(mean, spread)).verdict == verdict


def test_a_rival_is_subtracted_seed_by_seed():
    """Effect and rival vary by 60 points together: only the pairing shows the difference."""
    found = decide(CLAIM, values(0.2))
    assert found.difference.value == pytest.approx(0.2)
    assert found.difference.high - found.difference.low == pytest.approx(2 * 2.7764 * 0.01 / math.sqrt(5), rel=1e-3)
    assert found.effect.high - found.effect.low > 0.5
    assert found.differences == pytest.approx(tuple(one - other for one, other in zip(*values(0.2).values(), strict=True)))
    moved = {"gain": [0.5] * 5, "rival": [0.4, 0.41, 0.39, 0.4, 0.42]}
    assert decide(ANY, moved).verdict == "holds"  # a rival that moves, too, blocks nothing


@pytest.mark.parametrize("n, said", [
    (1, "One seed: it points the same way as the claim"), (3, "3 of at least 5 seeds: 3 of them point the same way"),
    (4, "4 of at least 5 seeds")])
def test_fewer_than_five_seeds_decide_nothing(n, said):
    found = decide(CLAIM, values(0.9, n=n))
    assert found.verdict == "inconclusive"
    assert found.reason.startswith(said)
    assert found.p is None
    assert (found.difference.low is None) == (n < 3)


def test_one_seed_may_point_against_the_claim():
    assert "against the claim" in decide(CLAIM, values(-0.9, n=1)).reason


def test_a_precondition_comes_first_and_says_what_to_do():
    claim = dataclasses.replace(CLAIM, preconditions=(NEEDS,))
    found = decide(claim, values(0.9, learned=[0.1] * 5))
    assert found.verdict == "not testable here"
    assert "the cue was learned" in found.reason
    assert "take a stronger mark" in found.reason
    assert decide(claim, values(0.9, n=1, learned=[0.1])).verdict == "not testable here"
    assert decide(claim, values(0.9, learned=[0.6] * 5)).verdict == "holds"
    assert decide(claim, values(0.9, learned=[NAN] * 5)).verdict == "not testable here"
    least = dataclasses.replace(claim, preconditions=(dataclasses.replace(NEEDS, at_least=None, at_most=0.5),))
    assert decide(least, values(0.9, learned=[0.6] * 5)).verdict == "not testable here"
    assert decide(least, values(0.9, learned=[0.4] * 5)).verdict == "holds"


def test_numbers_that_are_missing():
    nothing = decide(CLAIM, {"gain": [NAN] * 5, "rival": [0.1] * 5})
    assert nothing.verdict == "not testable here"
    assert "no number" in nothing.reason
    some = decide(CLAIM, {"gain": [0.3, NAN, 0.3, 0.3, 0.3], "rival": [0.0] * 5})
    assert some.verdict == "not testable here"
    assert "1 of 5 seeds" in some.reason


def test_a_known_number_stands_in_for_a_control():
    claim = dataclasses.replace(WITHIN, control="", reference=0.5, margin=0.01, control_words="guessing")
    assert decide(claim, {"gain": [0.5, 0.501, 0.499, 0.5, 0.502]}).verdict == "holds"
    assert decide(claim, {"gain": [0.52, 0.53, 0.525, 0.53, 0.52]}).verdict == "contradicted"


def test_ratios_are_compared_as_logarithms():
    claim = dataclasses.replace(CLAIM, ratio=True, margin=math.log(1.5))
    found = decide(claim, {"gain": [2.0, 4.0, 8.0, 2.2, 4.1], "rival": [1.0, 2.0, 4.0, 1.0, 2.0]})
    assert found.verdict == "holds"
    assert math.exp(found.difference.value) == pytest.approx((2 * 2 * 2 * 2.2 * 2.05) ** 0.2)
    assert "times 1.50" in rule(claim)
    assert decide(claim, {"gain": [0.0] * 5, "rival": [1.0] * 5}).verdict == "not testable here"


def test_seeds_that_agree_have_an_interval_as_wide_as_their_grain():
    same = {"gain": [0.4] * 5, "rival": [0.2] * 5}
    assert decide(ANY, same).verdict == "inconclusive"
    assert "no interval" in decide(ANY, same).reason
    grained = dataclasses.replace(ANY, resolution=1 / 30)
    found = decide(grained, same)
    assert found.verdict == "holds"
    assert found.difference.high - found.difference.value == pytest.approx(1 - 0.025 ** (1 / 150), rel=0.02)  # none of 150 items


def test_how_many_seeds_would_settle_it():
    found = Contrast((0.0, 0.1, 0.2, 0.3, 0.4))  # mean 0.2, standard deviation 0.158
    assert found.seeds_needed(0.1) == 13  # with the normal quantile it would be 10, with that of five seeds 20
    assert found.seeds_needed(0.0) is None
    assert found.seeds_needed(0.001) is None
    reason = decide(CLAIM, values(0.12, 0.05)).reason
    assert "fixed beforehand" in reason
    assert "adding seeds until it settles is no test" in reason


def test_what_was_published_stands_beside_what_holds():
    claim = dataclasses.replace(CLAIM, published="+50 pt", published_value=0.5)
    assert "smaller than what was published" in decide(claim, values(0.2)).reason
    assert "larger" in decide(claim, values(0.9)).reason
    assert "published" not in decide(claim, values(0.5)).reason
    assert decide(claim, values(0.08)).title == "Weaker than published"
    assert decide(CLAIM, values(0.08)).title == "Weaker than the bar"  # nobody published the bar of the house


def test_holm_by_hand():
    assert survivors([0.01, 0.04, 0.03, 0.005]) == [True, False, False, True]
    assert survivors([0.01, 0.02, 0.9]) == [True, True, False], "the second is held against half the level, not a third"
    assert survivors([0.04]) == [True]
    assert survivors([]) == []


def test_holm_counts_the_papers_claims_alone():
    sure, close = dataclasses.replace(ANY, id="sure"), dataclasses.replace(ANY, id="close", effect="close")
    check = dataclasses.replace(ANY, id="check", kind="self-check")
    numbers = values(0.2) | {"close": [value + 0.05 for value in (0.32, -0.32, 0.36, -0.24, 0.30)]}
    found = {verdict.claim.id: verdict for verdict in judge((sure, close, check), numbers)}
    assert found["sure"].survives is True
    assert found["check"].survives is None
    assert found["close"].verdict == "holds"
    many = judge((*(dataclasses.replace(close, id=f"c{i}") for i in range(12)), sure), numbers)
    assert [verdict.survives for verdict in many] == [False] * 12 + [True]
    assert "Holm" in holm(many[0])
    assert holm(many[-1]) == ""
    assert tally(many).startswith("Of 13 tested claims of papers 13 hold, 1 of them after Holm's correction; were none true, chance would")
    assert "0.3 hold" in tally(many)
    assert tally(judge((check,), numbers)) == ""
    assert "takes 5 seeds" in tally(judge((sure,), values(0.2, n=3)))


def test_a_rule_says_margin_reason_and_date():
    assert rule(CLAIM) == "At least +0.10: less is nothing; since 2026-11-29"
    assert rule(dataclasses.replace(BELOW, unit="%")) == "At most −10.0 pt: less is nothing; since 2026-11-29"
    assert rule(dataclasses.replace(WITHIN, unit="pt")) == "Within ±10.0 pt: less is nothing; since 2026-11-29"
    assert rule(ANY).startswith("Any rise")
    assert PAIRED[0] == "2026-11-29"
