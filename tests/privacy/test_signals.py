import dataclasses

import numpy as np
import pytest
from scipy.special import log_softmax, softmax
from scipy.stats import entropy as scipy_entropy

from core.lab.errors import RunFailed
from core.privacy import signals as s
from tests.privacy.synthetic import make_signals


def as_logits(*probs):
    return np.log(np.array(probs)).reshape(1, 1, -1)


def test_modified_entropy_by_hand():
    # -(0.3) ln 0.7 - 0.2 ln 0.8 - 0.1 ln 0.9 = 0.1070 + 0.0446 + 0.0105
    value = s.modified_entropy(as_logits(0.7, 0.2, 0.1), np.array([0])).item()
    assert value == pytest.approx(0.1622, abs=5e-5)
    assert value == pytest.approx(-0.3 * np.log(0.7) - 0.2 * np.log(0.8) - 0.1 * np.log(0.9), abs=1e-12)


def test_modified_entropy_of_a_sure_wrong_answer_is_large_and_of_a_sure_right_one_zero():
    logits = np.array([200.0, 0.0, 0.0]).reshape(1, 1, -1)
    assert s.modified_entropy(logits, np.array([0])).item() < 1e-80
    # Wrong with certainty: -log p_y - log(1 - p_0) = 200 + 200 - log 2, where 1 - p_0 would round to 0 in plain arithmetic.
    assert s.modified_entropy(logits, np.array([1])).item() == pytest.approx(400 - np.log(2), rel=1e-9)


def test_modified_entropy_equals_the_formula_with_a_log_floor():
    random = np.random.default_rng(0)
    logits, y = random.normal(0, 2, (50, 3, 6)), random.integers(0, 6, 50)
    p = softmax(logits, axis=-1)
    label = np.eye(6, dtype=bool)[y][:, None]
    terms = np.where(label, -(1 - p) * np.log(np.maximum(p, 1e-30)), -p * np.log(np.maximum(1 - p, 1e-30)))
    np.testing.assert_allclose(s.modified_entropy(logits, y), terms.sum(-1), rtol=1e-9)


def test_phi_is_the_log_odds_and_survives_any_gap():
    assert s.phi(as_logits(0.7, 0.2, 0.1), np.array([0])).item() == pytest.approx(np.log(0.7 / 0.3), abs=1e-12)
    gaps = np.linspace(-1000, 1000, 4001)
    logits = np.stack([gaps, np.zeros_like(gaps), np.zeros_like(gaps)], axis=-1)[:, None]
    values = s.phi(logits, np.zeros(gaps.size, dtype=int))[:, 0]
    assert np.isfinite(values).all()
    assert (np.diff(values) > 0).all()
    np.testing.assert_allclose(values, gaps - np.log(2), atol=1e-9)


def test_loss_and_entropy_equal_scipy():
    random = np.random.default_rng(1)
    logits, y = random.normal(0, 3, (40, 2, 7)), random.integers(0, 7, 40)
    np.testing.assert_allclose(s.loss_per_sample(logits, y), -log_softmax(logits, -1)[np.arange(40), :, y], rtol=1e-12)
    np.testing.assert_allclose(s.entropy(logits), scipy_entropy(softmax(logits, -1), axis=-1), rtol=1e-9)


def test_derived_arrays_equal_the_functions():
    signals = make_signals(n_models=3, n_samples=20, n_population=10)
    assert signals.phi.dtype == np.float64
    for k in range(3):
        np.testing.assert_array_equal(signals.phi[k], s.phi(signals.logits[k], signals.y))
        np.testing.assert_array_equal(signals.modified_entropy[k], s.modified_entropy(signals.logits[k], signals.y))
        np.testing.assert_array_equal(
            signals.population_log_prob_true[k], s.log_prob_true(signals.population_logits[k], signals.population_y))
    np.testing.assert_array_equal(signals.correct, signals.logits[:, :, 0].argmax(-1) == signals.y)


@pytest.mark.parametrize("change, words", [
    ({"y": np.zeros(3, dtype=int)}, "y must have shape"), ({"members": np.zeros((3, 20))}, "boolean"),
    ({"y": np.full(20, 5)}, "class indices"), ({"logits": np.zeros((3, 20, 2, 1))}, "at least 2 classes"),
    ({"logits": np.zeros((3, 20, 5))}, "axes"), ({"feature_norms": np.zeros((3, 2))}, "feature_norms"),
    ({"label_only_correct": np.zeros((3, 20, 4))}, "label_only_correct")])
def test_arrays_that_do_not_fit_are_refused(change, words):
    with pytest.raises(ValueError, match=words):
        dataclasses.replace(make_signals(n_models=3, n_samples=20, n_population=10), **change)


def test_a_diverged_model_is_named():
    signals = make_signals(n_models=3, n_samples=20, n_population=10)
    logits = signals.logits.copy()
    logits[1, 2, 0, 0] = np.nan
    with pytest.raises(RunFailed, match="diverged"):
        dataclasses.replace(signals, logits=logits)
