"""The linear probe agrees with scikit-learn, does not depend on scale, and finds nothing in noise."""

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from core.measures.linear_probe import RIDGE, probe_accuracy


def cloud(seed=0, n=200, apart=1.0):
    generator = np.random.default_rng(seed)
    y = generator.integers(0, 3, n)
    return generator.normal(size=(n, 6)) + apart * np.eye(3, 6)[y], y


def test_against_scikit_learn():
    x, y = cloud()
    scaled = StandardScaler().fit(x[:120]).transform(x)
    fitted = Ridge(alpha=RIDGE).fit(scaled[:120], np.eye(3)[y[:120]])
    assert probe_accuracy(x, y, 120) == (fitted.predict(scaled[120:]).argmax(1) == y[120:]).mean()


def test_scale_and_place_of_a_feature_do_not_matter_and_constant_features_do_no_harm():
    x, y = cloud()
    moved = np.concatenate([x * np.array([1, 10, 100, 1e-3, 1, 1]) + 5.0, np.full((len(x), 1), 7.0)], axis=1)
    assert probe_accuracy(moved, y, 120) == probe_accuracy(x, y, 120)


def test_direction():
    assert probe_accuracy(*cloud(apart=20.0), 120) == 1.0
    assert probe_accuracy(*cloud(n=3000, apart=0.0), 1500) < 0.4
