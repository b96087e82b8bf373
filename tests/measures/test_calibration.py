"""Calibration measures against scikit-learn, against a loop written out, by hand, and by simulation."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from core.data.output_rules import check_probabilities
from core.lab.errors import InputError
from core.measures.calibration import (
    brier,
    brier_parts,
    classwise_ece,
    ece,
    ece_floor,
    ece_interval,
    entropy,
    nll,
    overconfidence,
    reliability,
    softmax,
    top,
)
from core.measures.selective import conformal_sets, conformal_threshold, correctness_auroc, risk_coverage, set_coverage

RNG = np.random.default_rng(0)
LOGITS = 2.5 * RNG.standard_normal((700, 5))
Y = RNG.integers(0, 5, 700)
P = softmax(LOGITS)
SURE, RIGHT = top(P, Y)


def written_out(confidence: np.ndarray, correct: np.ndarray, n_bins: int) -> float:
    total = 0.0
    for number in range(n_bins):
        inside = [i for i, c in enumerate(confidence) if number / n_bins < c <= (number + 1) / n_bins or (number == 0 and c == 0)]
        if inside:
            total += len(inside) / len(confidence) * abs(np.mean(correct[inside]) - np.mean(confidence[inside]))
    return total


def calibrated(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(0.3, 1.0, n)
    return confidence, rng.random(n) < confidence


@pytest.mark.parametrize("n_bins", [1, 10, 15])
def test_ece_against_a_loop_and_against_scikit_learn(n_bins: int):
    assert ece(SURE, RIGHT, n_bins) == pytest.approx(written_out(SURE, RIGHT, n_bins), abs=1e-11)
    right, sure = calibration_curve(RIGHT, SURE, n_bins=n_bins)
    bins = reliability(SURE, RIGHT, n_bins)
    there = bins.counts > 0
    np.testing.assert_allclose(bins.accuracy[there], right)
    np.testing.assert_allclose(bins.confidence[there], sure)


def test_equal_mass_against_scikit_learn():
    right, sure = calibration_curve(RIGHT, SURE, n_bins=10, strategy="quantile")
    bins = reliability(SURE, RIGHT, 10, equal_mass=True)
    np.testing.assert_allclose(bins.accuracy, right)
    np.testing.assert_allclose(bins.confidence, sure)
    assert set(bins.counts) == {70}


def test_scores_against_scikit_learn():
    assert nll(P, Y) == pytest.approx(log_loss(Y, P))
    assert brier(P, Y) == pytest.approx(brier_score_loss(Y, P))
    assert correctness_auroc(SURE, RIGHT) == pytest.approx(roc_auc_score(RIGHT, SURE))


def test_classwise_is_the_mean_over_one_against_the_rest():
    assert classwise_ece(P, Y) == pytest.approx(np.mean([written_out(P[:, c], c == Y, 15) for c in range(5)]))


def test_brier_parts_add_up_and_are_exact_where_bins_hold_one_value():
    parts = brier_parts(SURE, RIGHT)
    assert parts.reliability - parts.resolution + parts.uncertainty + parts.within == pytest.approx(np.square(SURE - RIGHT).mean())
    steps = np.repeat([0.1, 0.5, 0.9], 40)
    assert brier_parts(steps, np.arange(120) % 3 == 0).within == pytest.approx(0.0, abs=1e-12)
    assert brier_parts(np.full(10, 0.5), np.arange(10) < 5).resolution == pytest.approx(0.0)


def test_a_timid_and_a_cocky_forecast_differ_in_sign():
    correct = np.arange(100) < 80
    assert overconfidence(np.full(100, 0.95), correct) == pytest.approx(0.15)
    assert overconfidence(np.full(100, 0.6), correct) == pytest.approx(-0.2)
    assert ece(np.full(100, 0.6), correct) == pytest.approx(0.2)


def test_entropy_in_bits():
    np.testing.assert_allclose(entropy(np.array([[0.25] * 4, [1.0, 0, 0, 0], [0.5, 0.5, 0, 0]])), [2.0, 0.0, 1.0], atol=1e-9)


def test_a_perfect_forecast_lies_at_its_floor_and_a_wrong_one_far_above():
    found = []
    for seed in range(40):
        confidence, correct = calibrated(500, seed)
        mean, high = ece_floor(confidence, np.random.default_rng(seed), draws=60)
        found.append(ece(confidence, correct) <= high)
        assert ece(np.minimum(confidence + 0.3, 1.0), correct) > high
        assert 0 < mean < high
    assert sum(found) >= 33  # 97.5% of 40 wanted; 33 or fewer would happen less than once in 10,000


def test_the_bootstrap_interval_covers_a_known_error():
    """Too sure by 0.15 everywhere: the true error is 0.15."""
    covered = 0
    for seed in range(40):
        confidence, correct = calibrated(600, seed)
        sure = np.minimum(confidence + 0.15, 1.0)
        truth = float(np.mean(sure - confidence))
        low, high = ece_interval(sure, correct, np.random.default_rng(seed), draws=80)
        covered += low <= truth <= high
    assert covered >= 33


def test_risk_coverage_by_hand():
    coverage, risk = risk_coverage(np.array([0.9, 0.8, 0.8, 0.4]), np.array([True, False, True, False]))
    np.testing.assert_allclose(coverage, [0.25, 0.75, 1.0])
    np.testing.assert_allclose(risk, [0.0, 1 / 3, 0.5])


def test_conformal_sets_cover_as_often_as_promised_at_home():
    covered = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        logits = rng.standard_normal((1200, 4)) * 1.5
        p = softmax(logits)
        y = np.array([rng.choice(4, p=row) for row in p])
        threshold = conformal_threshold(p[:400], y[:400], 0.9)
        covered.append(set_coverage(conformal_sets(p[400:], threshold), y[400:])[0])
    assert np.mean(covered) == pytest.approx(0.9, abs=0.012)


def test_too_few_samples_at_home_promise_nothing():
    with pytest.raises(InputError, match="need at least 9 samples at home, got 5"):
        conformal_threshold(P[:5], Y[:5], 0.9)
    assert np.isnan(correctness_auroc(SURE, np.ones(700, dtype=bool)))


@pytest.mark.parametrize(("p", "y", "sentence"), [
    (np.array([[0.5, 0.6]]), None, "sum to one in every row, .* a sum of 1.1"),
    (np.array([[1.5, -0.5]]), None, "at least 0 .* got a smallest value of -0.5"),
    (np.array([[np.nan, 0.5]]), None, "must be finite, got 1 rows"),
    (np.array([[1.0]]), None, "at least two classes, got shape"),
    (np.array([[0.5, 0.5]]), np.array([2]), "labels must lie from 0 to 1, got 2 to 2"),
    (np.array([[0.5, 0.5]]), np.array([0.5]), "one whole number for each of the 1 rows"),
])
def test_what_is_refused(p: np.ndarray, y: np.ndarray | None, sentence: str):
    with pytest.raises(InputError, match=sentence):
        check_probabilities(p, y)
