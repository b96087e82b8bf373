"""DFR, deep feature reweighting: the features stay, the last layer is fitted again on held-out images, equally many of each group.

It must be told the group of every held-out image, and there must be held-out images of the harmed group: exactly what pruning
does without.

Source: Kirichenko, Izmailov and Wilson 2023, "Last Layer Re-Training is Sufficient for Robustness to Spurious Correlations",
section 4: several balanced draws are fitted and their weights averaged. The penalty here is quadratic, theirs the sum of
absolute weights. Two classes.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from core.lab.errors import InputError


@dataclass(frozen=True, eq=False)
class LastLayer:
    """A linear rule on standardised features; class 1 where its answer is positive.

    Attributes:
        mean: Of each feature over the held-out images, (D,).
        scale: Standard deviation of each, (D,); 1 for a constant feature.
        weights: (D,).
        bias: A number.
    """

    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    bias: float

    def margin(self, features: np.ndarray) -> np.ndarray:
        """Return the log-odds of class 1 for features (N, D), (N,)."""
        return (features - self.mean) / self.scale @ self.weights + self.bias


def refit_last_layer(
    features: np.ndarray, y: np.ndarray, groups: np.ndarray, *, penalty: float, n_draws: int, rng: np.random.Generator
) -> LastLayer:
    """Return the last layer fitted on group-balanced draws of held-out images, averaged.

    Args:
        features: (N, D) of the network that was trained plainly.
        y: Labels 0 or 1, (N,).
        groups: Group of each held-out image, (N,).
        penalty: Multiple of half the squared length of the weights, added to the summed loss; the inverse of scikit-learn's C.
        n_draws: Balanced draws; where all groups are equally large every draw is the same and one is enough.
        rng: Draws the images.

    Raises:
        InputError: If one of the two classes is missing.
    """
    if len(np.unique(y)) < 2:
        raise InputError("DFR needs held-out images of both classes, got one class only.")
    features = np.asarray(features, dtype=np.float64)
    mean, spread = features.mean(axis=0), features.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    standard = (features - mean) / scale
    found = []
    for _ in range(n_draws):
        rows = balanced_rows(groups, rng)
        found.append(fit_logistic(standard[rows], y[rows], penalty=penalty))
    weights, bias = (np.mean([fit[part] for fit in found], axis=0) for part in (0, 1))
    return LastLayer(mean, scale, weights, float(bias))


def balanced_rows(groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return rows that hold every group equally often, as often as the smallest occurs."""
    names, counts = np.unique(groups, return_counts=True)
    return np.concatenate([rng.permutation(np.flatnonzero(groups == name))[: counts.min()] for name in names])


def fit_logistic(x: np.ndarray, y: np.ndarray, *, penalty: float) -> tuple[np.ndarray, float]:
    """Return weights (D,) and bias of L2-penalised logistic regression; the bias is not penalised.

    The minimum of sum_i log(1 + exp(-s_i (x_i w + b))) + penalty / 2 |w|^2, with s = 2 y - 1.
    """
    signs = 2.0 * y - 1.0

    def value_and_slope(point: np.ndarray) -> tuple[float, np.ndarray]:
        weights, margins = point[:-1], signs * (x @ point[:-1] + point[-1])
        pull = -signs * expit(-margins)
        value = np.logaddexp(0.0, -margins).sum() + 0.5 * penalty * weights @ weights
        return float(value), np.append(x.T @ pull + penalty * weights, pull.sum())

    found = minimize(value_and_slope, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B",
                     options={"maxiter": 2000, "ftol": 1e-14, "gtol": 1e-8})  # fmt: skip
    return found.x[:-1], float(found.x[-1])
