"""Why a small group has a large gradient: at a minimum the gradients of two groups, weighted by size, cancel.

With n g = n_a g_a + n_b g_b and g = 0 the ratio |g_a| / |g_b| is n_b / n_a, whatever the data (Tran et al. 2022, Proposition 1, made
exact). Weight decay belongs to the loss and so to every gradient. Where g is not quite 0, the ratio differs from n_b / n_a by at most
(n / n_a) |g| / |g_b|: the triangle inequality, which holds for any network.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from core.compression.cohorts import Cohorts
from core.lab.seeds import generator
from core.measures.curvature import group_gradients
from core.training.images import to_input

DECAY = 1e-3
MOST_SAMPLES = 2000
MOST_SIDE = 12
NEWTON_STEPS = 50


@dataclass(frozen=True)
class SizeCheck:
    """Two groups' gradients compared.

    Attributes:
        n_a: Samples of the first group.
        n_b: Samples of the second.
        predicted: n_b / n_a.
        measured: |g_a| / |g_b|.
        residual: The most by which the two can differ, from how far the pooled gradient is from 0.
    """

    n_a: int
    n_b: int
    predicted: float
    measured: float
    residual: float


def compare(gradient_a: np.ndarray, gradient_b: np.ndarray, n_a: int, n_b: int) -> SizeCheck:
    """Return the check of two groups from the gradients (P,) of their mean losses, weight decay included."""
    n = n_a + n_b
    pooled = (n_a * gradient_a + n_b * gradient_b) / n
    length_a, length_b, length = (float(np.linalg.norm(part)) for part in (gradient_a, gradient_b, pooled))
    return SizeCheck(n_a, n_b, n_b / n_a, length_a / length_b, n / n_a * length / length_b)


def logistic_minimum(features: np.ndarray, y: np.ndarray, *, decay: float) -> np.ndarray:
    """Return the weights (D,) that minimise the mean logistic loss plus decay / 2 times their squared norm, by Newton's method.

    Args:
        features: (N, D) float64, a column of ones included where a bias is wanted.
        y: (N,) 0 or 1.
        decay: Above 0, so that there is exactly one minimum.
    """
    weights = np.zeros(features.shape[1])
    for _ in range(NEWTON_STEPS):
        p = _sigmoid(features @ weights)
        gradient = features.T @ (p - y) / len(y) + decay * weights
        curvature = (features * (p * (1 - p))[:, None]).T @ features / len(y) + decay * np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        while _objective(features, y, weights - size * step, decay) > _objective(features, y, weights, decay) + 1e-15 and size > 1e-6:
            size /= 2
        weights = weights - size * step
        if np.linalg.norm(gradient) < 1e-12:
            break
    return weights


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(logits / 2))  # no overflow at either end


def _objective(features: np.ndarray, y: np.ndarray, weights: np.ndarray, decay: float) -> float:
    logits = features @ weights
    return float((np.logaddexp(0, logits) - y * logits).mean() + decay / 2 * weights @ weights)


def logistic_check(features: np.ndarray, y: np.ndarray, is_first: np.ndarray, *, decay: float = DECAY) -> SizeCheck:
    """Return the check of two groups at the minimum of a logistic regression.

    Args:
        features: (N, D) float64.
        y: (N,) 0 or 1.
        is_first: (N,) bool; both groups occur.
        decay: Weight decay.
    """
    weights = logistic_minimum(features, y, decay=decay)
    errors = _sigmoid(features @ weights) - y
    gradients = [features[part].T @ errors[part] / part.sum() + decay * weights for part in (is_first, ~is_first)]
    return compare(*gradients, int(is_first.sum()), int((~is_first).sum()))


def network_check(network: nn.Module, images: Tensor, labels: Tensor, is_first: Tensor, *, decay: float) -> SizeCheck:
    """Return the check of two groups on any network, in evaluation mode.

    Args:
        network: With the weights to look at.
        images: uint8 (N, H, W, C).
        labels: Classes (N,).
        is_first: (N,) bool on the CPU; both groups occur.
        decay: Weight decay that it was trained with.
    """
    groups = (~is_first).long()
    gradients = group_gradients(network, to_input(images), labels, groups, 2, decay=decay).double().numpy()
    return compare(*gradients, int(is_first.sum()), int((~is_first).sum()))


def size_identity(
    cohorts: Cohorts, seed: int, network: nn.Module | None = None, *, decay: float = 5e-4
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return the checks on the long-tailed copy as the table ``identity``, and their two headline numbers.

    The larger half of the groups is compared with the smaller half, and two random halves with each other. The regression tells the
    lower half of the classes from the upper, on images shrunk to at most 12 x 12 pixels.

    Args:
        cohorts: The data of one seed; at most 2,000 of its images are used.
        seed: Draws images and halves.
        network: The float network of the long-tailed copy, for the inequality; None leaves it out.
        decay: Weight decay that the network was trained with.
    """
    rng = generator(seed, "size identity")
    rows = np.sort(rng.permutation(np.flatnonzero(cohorts.members[0]))[:MOST_SAMPLES])
    is_large = (cohorts.rank < cohorts.n_groups / 2)[cohorts.group_train[rows]]
    images, labels = (part[rows] for part in cohorts.train)
    halves = np.zeros(len(rows), dtype=bool)
    halves[rng.permutation(len(rows))[: len(rows) // 2]] = True
    features, y = shrunk(images), (labels >= cohorts.n_classes / 2).astype(np.float64)
    checks = {"Logistic regression, large and small groups": logistic_check(features, y, is_large),
              "Logistic regression, random halves": logistic_check(features, y, halves)}
    if network is not None:
        device = next(network.parameters()).device
        checks["Trained network, large and small groups"] = network_check(
            network, torch.from_numpy(images).to(device), torch.from_numpy(labels).to(device), torch.from_numpy(is_large), decay=decay)
    table = pd.DataFrame([{"check": name, **vars(check)} for name, check in checks.items()])
    first, second = list(checks.values())[:2]
    return table, {"identity_error": abs(first.measured - first.predicted), "identity_halves": second.measured}


def shrunk(images: np.ndarray) -> np.ndarray:
    """Return images uint8 (N, H, W, C) as features in [0, 1], with a column of ones, (N, D): means over square blocks of pixels."""
    side = -(-max(images.shape[1:3]) // MOST_SIDE)
    height, width = images.shape[1] // side, images.shape[2] // side
    cut = images[:, : height * side, : width * side].reshape(len(images), height, side, width, side, -1)
    features = cut.mean(axis=(2, 4), dtype=np.float64).reshape(len(images), -1) / 255
    return np.concatenate([features, np.ones((len(images), 1))], axis=1)
