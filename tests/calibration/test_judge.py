"""Judging from arrays alone: a planted over-certainty is found, and each repair does what it says."""

import numpy as np
import pytest

from core.calibration.catalogue import POST_HOC
from core.calibration.judge import COVERAGE, SCORES, at_home, by_class, diagrams, risks, score
from core.lab.errors import InputError
from core.measures.calibration import softmax

RNG = np.random.default_rng(0)


def drawn(scale: float, n: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Logits ``scale`` times too long for labels that are drawn from the right probabilities."""
    logits = 2.0 * RNG.standard_normal((n, 5))
    y = (softmax(logits).cumsum(axis=1) < RNG.random((n, 1))).sum(axis=1)
    return scale * logits, y


HOME = at_home(*drawn(1.5))
AWAY = drawn(3.0)
FOUND = score(*AWAY, HOME, 1.0, 2.0, np.random.default_rng(1))


def test_every_repair_has_every_number():
    assert set(FOUND) == set(POST_HOC)
    assert all(tuple(row) == SCORES for row in FOUND.values())


def test_home_finds_its_temperature_and_its_coverage():
    assert HOME.temperature == pytest.approx(1.5, rel=0.05)
    fresh = score(*drawn(1.5), HOME, 1.0, 2.0, np.random.default_rng(2))
    assert fresh["none"]["coverage"] == pytest.approx(COVERAGE, abs=0.02)
    assert fresh["home"]["ece"] <= fresh["none"]["floor_high"] + 0.01


def test_planted_over_certainty_is_seen_and_only_what_follows_the_shift_repairs_it():
    none, home, oracle = FOUND["none"], FOUND["home"], FOUND["oracle"]
    assert none["overconfidence"] > 0.08
    assert none["floor"] < none["floor_high"] < none["ece_low"] < none["ece"] < none["ece_high"] + none["floor"]
    assert oracle["temperature"] == pytest.approx(3.0, rel=0.05)
    assert oracle["ece"] < home["ece"] < none["ece"]
    assert len({row["accuracy"] for row in FOUND.values()}) == 1, "dividing logits changes no decision"


def test_diagram_risk_and_classes_add_up_to_the_scores():
    rows = [row for row in diagrams(*AWAY, HOME, 1.0, 2.0) if row[0] == "none"]
    n = sum(row[2] for row in rows)
    assert n == len(AWAY[1])
    assert sum(row[2] * abs(row[4] - row[3]) for row in rows) / n == pytest.approx(FOUND["none"]["ece"])
    assert risks(*AWAY)[-1] == pytest.approx(1.0 - FOUND["none"]["accuracy"])
    classes = by_class(*AWAY)
    assert sum(row[1] * row[2] for row in classes) / n == pytest.approx(FOUND["none"]["accuracy"])


def test_logits_that_are_no_numbers_are_refused():
    logits, y = drawn(1.0, 50)
    logits[3, 1] = np.nan
    with pytest.raises(InputError, match="logits must be finite, got 1 rows"):
        at_home(logits, y)
