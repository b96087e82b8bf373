"""The strip and the live curve: valid Vega-Lite, true to their numbers, legible at the edges."""

import math

import altair as alt
import pytest

from core.lab import live_curve, strip
from core.lab.estimate import Estimate
from core.lab.palette import MEANINGS

WIDE = {"baseline": 0.5, "baseline_name": "guessing", "span": (0.4, 1.0)}


def valid(rows, spec):
    """Return the specification as altair reads it; altair refuses what Vega-Lite would."""
    return alt.Chart.from_dict({**spec, "data": {"values": rows.to_dict("records")}}).to_dict()


def kinds(shown):
    rows, _ = strip.draw(shown)
    return {row["kind"]: row for row in rows.to_dict("records")}


@pytest.mark.parametrize("axis", [True, False])
def test_a_strip_is_a_valid_chart_that_follows_the_theme(axis):
    spec = valid(*strip.draw(strip.Strip(estimate=Estimate(0.7, 0.6, 0.8, 3), guess=0.6, expected=(0.5, math.inf), axis=axis, **WIDE)))
    for layer in spec["layer"]:
        scale = layer["encoding"]["color"]["scale"]
        assert scale["domain"] == list(MEANINGS)
        assert "range" not in scale  # the theme gives it, so that a change of theme needs no rerun
        assert layer["encoding"]["x"]["scale"]["domain"] == [0.4, 1.0]


def test_dot_interval_and_mark_stand_where_the_numbers_say():
    drawn = kinds(strip.Strip(estimate=Estimate(0.021, 0.014, 0.03, 5), unit="%", baseline=0.001, baseline_name="chance",
                              span=(0.0, 0.05)))
    assert drawn["dot"]["x"] == pytest.approx(2.1)
    assert (drawn["interval"]["x"], drawn["interval"]["end"]) == pytest.approx((1.4, 3.0))
    assert drawn["mark"]["x"] == pytest.approx(0.1)


def test_without_an_interval_there_is_no_bar_and_without_a_value_no_dot():
    assert "interval" not in kinds(strip.Strip(estimate=Estimate(0.7, None, None, 1), **WIDE))
    assert {"dot", "interval"}.isdisjoint(kinds(strip.Strip(estimate=Estimate(math.nan, None, None, 3), **WIDE)))


def test_a_name_and_a_value_that_are_close_part_ways():
    near = kinds(strip.Strip(estimate=Estimate(0.52, 0.51, 0.53, 3), **WIDE))
    assert "name right" in near
    assert "value left" in near


def test_a_verdict_shades_what_the_claim_expects_within_the_axis():
    shade = kinds(strip.Strip(estimate=Estimate(0.7, 0.6, 0.8, 3), expected=(0.6, math.inf), **WIDE))["shade"]
    assert (shade["x"], shade["end"]) == (0.6, 1.0)


def test_one_strip_does_not_change_another():
    one = strip.draw(strip.Strip(estimate=Estimate(0.7, 0.6, 0.8, 3), **WIDE))[1]
    strip.draw(strip.Strip(estimate=Estimate(7, 6, 8, 3), baseline=0.0, span=(0, 10)))
    assert one["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0.4, 1.0]


@pytest.mark.parametrize("values", [[], [math.nan], [0.0], [0.3, 0.3], [-1e9, 1e9]])
def test_an_axis_always_has_a_length(values):
    low, high = strip.span_of(values)
    assert low < high


def test_the_description_is_short():
    said = strip.alt_text(strip.Strip(estimate=Estimate(0.7, 0.6, 0.8, 3), guess=0.9, **WIDE))
    assert said == "0.70 (0.60 to 0.80), 3 seeds; guessing at 0.50; guess 0.90."


def points(n):
    return [{"epoch": float(epoch), "train_loss": 1 / epoch, "test_loss": 1 / epoch + 0.2 if epoch % 2 else None}
            for epoch in range(1, n + 1)]


@pytest.mark.parametrize("n", [0, 1, 5, 2000])
def test_the_live_curve_is_a_valid_chart_of_few_points(n):
    rows, spec = live_curve.draw(points(n), epochs=max(n, 1))
    assert valid(rows, spec)["layer"]
    assert (rows["kind"] == "line").sum() <= 2 * (live_curve.MOST_POINTS + 1)


def test_the_live_curve_keeps_its_last_point():
    rows, _ = live_curve.draw(points(1999), epochs=2000)
    assert rows.loc[rows["kind"] == "line", "epoch"].max() == 1999
    assert "after epoch 1999" in live_curve.alt_text(points(1999), "Loss")
