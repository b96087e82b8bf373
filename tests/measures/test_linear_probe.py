"""The linear probe agrees with scikit-learn, does not depend on scale, and finds nothing in noise."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from core.measures.linear_probe import PENALTIES, left_out_residuals, probe_accuracy


def cloud(seed=0, n=200, apart=1.0):
    generator = np.random.default_rng(seed)
    y = generator.integers(0, 3, n)
    return generator.normal(size=(n, 6)) + apart * np.eye(3, 6)[y], y


@pytest.mark.parametrize("n, d", [(12, 5), (8, 20)])
@pytest.mark.parametrize("penalty", [0.3, 30.0])
def test_residuals_are_those_of_leaving_one_out(n, d, penalty):
    rng = np.random.default_rng(1)
    x, targets = rng.normal(size=(n, d)), rng.normal(size=(n, 2))
    slow = np.array([targets[i] - x[i] @ np.linalg.solve(x[keep].T @ x[keep] + penalty * np.eye(d), x[keep].T @ targets[keep])
                     for i in range(n) for keep in [np.arange(n) != i]])
    left, values, _ = np.linalg.svd(x, full_matrices=False)
    np.testing.assert_allclose(left_out_residuals(left, values, targets, penalty), slow, atol=1e-10)


def test_against_scikit_learn():
    x, y = cloud()
    scaled, targets = StandardScaler().fit(x[:120]).transform(x), np.eye(3)[y[:120]]
    left, values, _ = np.linalg.svd(scaled[:120], full_matrices=False)
    errors = [np.square(left_out_residuals(left, values, targets - targets.mean(0), penalty)).sum() for penalty in PENALTIES]
    chosen = PENALTIES[int(np.argmin(errors))]
    assert PENALTIES[0] < chosen < PENALTIES[-1]
    fitted = Ridge(alpha=chosen).fit(scaled[:120], targets)
    assert probe_accuracy(x, y, 120) == (fitted.predict(scaled[120:]).argmax(1) == y[120:]).mean()


def test_as_many_features_as_samples_do_no_harm():
    """A tiny penalty, which is what a probe is often given, fits noise there."""
    x, y = cloud(n=1000, apart=2.0)
    wide = np.concatenate([x, np.random.default_rng(5).normal(size=(1000, 194))], axis=1)
    scaled = StandardScaler().fit(wide[:200]).transform(wide)
    careless = Ridge(alpha=PENALTIES[0]).fit(scaled[:200], np.eye(3)[y[:200]])
    assert probe_accuracy(wide, y, 200) > (careless.predict(scaled[200:]).argmax(1) == y[200:]).mean() + 0.1


def test_scale_and_place_of_a_feature_do_not_matter_and_constant_features_do_no_harm():
    x, y = cloud()
    moved = np.concatenate([x * np.array([1, 10, 100, 1e-3, 1, 1]) + 5.0, np.full((len(x), 1), 7.0)], axis=1)
    assert probe_accuracy(moved, y, 120) == probe_accuracy(x, y, 120)


def test_direction():
    assert probe_accuracy(*cloud(apart=20.0), 120) == 1.0
    assert probe_accuracy(*cloud(n=3000, apart=0.0), 1500) < 0.4
