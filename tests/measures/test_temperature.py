"""Temperatures: the fitted one finds what was planted and agrees with torch; the label-free rule does what its formula says."""

import numpy as np
import pytest
import torch

from core.lab.errors import InputError
from core.measures.calibration import entropy, nll, softmax
from core.measures.temperature import Home, certainty_temperature, fit_temperature, home_of

RNG = np.random.default_rng(3)


def drawn(scale: float, n: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Logits that are ``scale`` times too long, and labels drawn from the right probabilities."""
    logits = 2.0 * RNG.standard_normal((n, 6))
    p = softmax(logits)
    y = (p.cumsum(axis=1) < RNG.random((n, 1))).sum(axis=1)
    return scale * logits, y


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.5])
def test_it_finds_the_temperature_that_was_planted(scale: float):
    logits, y = drawn(scale)
    assert fit_temperature(logits, y) == pytest.approx(scale, rel=0.03)


def test_it_agrees_with_an_optimiser_of_torch():
    logits, y = drawn(1.7, 500)
    log = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([log], max_iter=100, tolerance_grad=1e-12)

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = torch.nn.functional.cross_entropy(torch.from_numpy(logits) / log.exp(), torch.from_numpy(y))
        value.backward()
        return value

    optimizer.step(loss)
    assert fit_temperature(logits, y) == pytest.approx(log.exp().item(), rel=1e-3)


def test_a_temperature_changes_no_decision_and_the_fitted_one_never_worsens_its_own_likelihood():
    logits, y = drawn(2.0, 300)
    cooled = softmax(logits, fit_temperature(logits, y))
    np.testing.assert_array_equal(cooled.argmax(axis=1), logits.argmax(axis=1))
    assert nll(cooled, y) <= nll(softmax(logits), y)


def test_the_rule_by_hand():
    home = Home(norm=5.0, entropy=0.5, n_classes=4)
    logits = np.array([[3.0, 4.0, 0.0, 0.0]])  # norm 5: the norm part is one
    excess = (entropy(softmax(logits))[0] - 0.5) / np.sqrt(2.0)
    expected = 1.0 + 2.0 / (1.0 + np.exp(-excess))
    assert certainty_temperature(logits, home, low=1.0, high=3.0)[0] == pytest.approx(expected)
    half = certainty_temperature(logits, Home(10.0, 0.5, 4), low=1.0, high=3.0)[0]
    assert half == pytest.approx(2.0 * expected)
    assert certainty_temperature(logits, Home(10.0, 0.5, 4), low=1.0, high=3.0, norm=False)[0] == pytest.approx(expected)


def test_less_sure_and_shorter_is_hotter():
    logits = RNG.standard_normal((200, 10)) * np.linspace(0.5, 8.0, 200)[:, None]
    home = home_of(logits[150:])
    hot = certainty_temperature(logits, home)
    assert np.corrcoef(hot, np.linalg.norm(logits, axis=1))[0, 1] < -0.6
    assert home_of(logits, median=True).norm != home_of(logits).norm


def test_logits_with_nan_are_refused():
    with pytest.raises(InputError, match="logits must be finite, got 1 rows"):
        fit_temperature(np.array([[np.nan, 1.0], [0.0, 1.0]]), np.array([0, 1]))
