"""How numbers read, by hand."""

import math

import pytest

from core.lab import words
from core.lab.estimate import Estimate
from core.lab.prediction import surprise


@pytest.mark.parametrize("value, unit, signed, text", [
    (0.7435, "", False, "0.74"), (0.021, "%", False, "2.1%"), (-0.012, "pt", True, "−1.2 pt"), (0.02, "pt", True, "+2.0 pt"),
    (54.4, "s", False, "54 s"), (-0.004, "", True, "0.00"), (0.001, "", True, "0.00"), (0.0, "pt", True, "0.0 pt"),
    (math.nan, "", False, "not resolvable"), (None, "%", False, "not resolvable"), (1.0, "%", False, "100.0%")])
def test_numbers(value, unit, signed, text):
    assert words.number(value, unit, signed=signed) == text


def test_an_estimate_never_stands_alone():
    assert words.estimate(Estimate(0.74, 0.71, 0.77, 5)) == "0.74 (0.71 to 0.77), 5 seeds"
    assert words.estimate(Estimate(0.74, None, None, 1)) == "0.74, one seed, no interval"
    assert words.estimate(Estimate(math.nan, None, None, 3)) == "not resolvable, 3 seeds"
    assert words.estimate(Estimate(-0.012, -0.026, 0.002, 5), "pt", signed=True) == "−1.2 pt (−2.6 to +0.2 pt), 5 seeds"


def test_too_few_seeds_decide_nothing():
    assert words.undecided("it costs 2 pt", 1) == "Not decided: it costs 2 pt, but one seed gives no interval."
    assert words.undecided("it costs 2 pt", 2) == "Not decided: it costs 2 pt, but 2 seeds give no interval."


@pytest.mark.parametrize("found, opening", [(0.41, "More."), (0.4, "You were close."), (0.2, "You were close."), (0.19, "Less.")])
def test_a_guess_is_close_or_it_is_not(found, opening):
    assert surprise(found, 0.3, within=0.1000001, more="More.", less="Less.") == opening


def test_intervals_say_the_unit_once():
    assert words.interval(Estimate(0.02, 0.014, 0.03, 5), "%") == "1.4 to 3.0%"
    assert words.interval(Estimate(0.02, None, None, 2), "%") == "no interval"


@pytest.mark.parametrize("seconds, text", [
    (0.4, "0 s"), (59.4, "59 s"), (60, "1 min"), (680, "11 min 20 s"), (7500, "2 h 5 min"), (3600, "1 h")])
def test_durations(seconds, text):
    assert words.duration(seconds) == text


@pytest.mark.parametrize("kwh, text", [(0.000382, "0.38 Wh"), (0.0412, "41 Wh"), (1.25, "1.2 kWh"), (math.nan, "not measured"),
                                       (None, "not measured"), (0.0, "0 Wh")])
def test_energy(kwh, text):
    assert words.energy(kwh) == text


@pytest.mark.parametrize("kg, text", [(0.00049, "0.49 g CO₂e"), (2.5, "2.5 kg CO₂e"), (None, "not measured")])
def test_emissions(kg, text):
    assert words.emissions(kg) == text
