"""Limits: how they are written, what an interval says of them."""

import math
import re

import pytest

from core.lab.errors import InputError
from core.scorecard.card.config import ScorecardConfig
from core.scorecard.limits import PROFILES, check, parse
from core.scorecard.row import Lens
from core.scorecard.table import BY_ID, LENSES, STEPS, TRADE_OFFS


def test_an_interval_decides_and_the_mean_does_not():
    limit = parse("leak<=3%")["leak"]
    assert limit.judge(0.01, 0.005, 0.03) == "within"
    assert limit.judge(0.05, 0.031, 0.07) == "beyond"
    assert limit.judge(0.029, 0.02, 0.04) == limit.judge(0.031, 0.02, 0.04) == "not decided"
    assert limit.judge(math.nan, math.nan, math.nan) == "not measured"
    assert limit.judge(0.0, math.nan, math.nan) == "not decided"
    least = parse("worst_group>=70%")["worst_group"]
    assert (least.judge(0.8, 0.7, 0.9), least.judge(0.6, 0.5, 0.69), least.judge(0.7, 0.6, 0.8)) == ("within", "beyond", "not decided")
    assert least.in_words() == "at least 70.0%"


def test_own_limits_replace_those_of_a_profile():
    asked = parse("hiring+worst_group>=75%+leak<=2.5%")
    assert asked["worst_group"].value == 0.75
    assert asked["worst_group"].source == ""
    assert asked["leak"].value == 0.025
    assert asked["cue"].source == "hiring"
    assert list(asked) == [lens.id for lens in LENSES if lens.id in asked]
    assert parse("none") == {}


@pytest.mark.parametrize(("text", "said"), [
    ("gold", "limits must be none, or health, hiring, demo"), ("speed<=3%", "one of the rows leak_simple"),
    ("leak>=3%", "leak<=, since less is better"), ("worst_group<=70%", "worst_group>=, since more is better"),
    ("leak<=3", "write leak<=3%"), ("reuse<=5%", "no unit"), ("leak<=120%", "where the number can be"), ("", "limits must be none")])
def test_what_cannot_be_read_is_one_sentence(text, said):
    with pytest.raises(InputError, match=re.escape(said)) as error:
        check(text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("changes", "said"), [
    ({"subject": "house:gold"}, "subject must be one of house:plain"), ({"limits_date": "soon"}, "a day such as"),
    ({"beside": "house:plain"}, "another subject"),
    ({"beside": "outputs:npz:a.npz"}, "same samples"), ({"harmed_class": 6}, "two classes")])
def test_settings_that_do_not_go_together(changes, said):
    with pytest.raises(InputError, match=re.escape(said)):
        ScorecardConfig(**changes)


def test_profiles_say_why_and_since_when():
    for profile in PROFILES.values():
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", profile.date)
        assert profile.about.endswith(".")
        for limit in profile.limits:
            assert limit.row in BY_ID
            assert limit.reason
            assert not limit.reason.endswith(".")


def test_the_table_of_lenses_holds_together():
    assert all(isinstance(lens, Lens) and 0 < lens.step < len(STEPS) - 1 and len(lens.label) <= 26 for lens in LENSES)
    assert len({lens.id for lens in LENSES}) == len(LENSES)
    assert all(one in BY_ID and other in BY_ID and sentence.endswith(".") for one, other, sentence, _ in TRADE_OFFS)
