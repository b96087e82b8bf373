"""LogME: the evidence of a Bayesian linear model of the new classes on old features (You et al. 2021)."""

import numpy as np

ROUNDS = 50


def logme(features: np.ndarray, y: np.ndarray) -> float:
    """Return the maximised log evidence per sample, averaged over one-against-all classes: higher means easier to transfer."""
    x = features.astype(np.float64)
    left, values, _ = np.linalg.svd(x, full_matrices=False)
    return float(np.mean([_evidence(left, values, x.shape, (y == label).astype(np.float64)) for label in np.unique(y)]))


def _evidence(left: np.ndarray, values: np.ndarray, shape: tuple[int, int], target: np.ndarray) -> float:
    """Maximise the evidence over the precisions of weights (alpha) and noise (beta) by fixed-point rounds."""
    n, d = shape
    squares, along = values**2, left.T @ target
    outside = float(target @ target - along @ along)  # what no linear model of these features reaches
    alpha = beta = 1.0
    for _ in range(ROUNDS):
        shrunk = alpha + beta * squares
        weights = beta * values * along / shrunk
        used = float((beta * squares / shrunk).sum())
        size, residual = float(weights @ weights), outside + float(((along - values * weights) ** 2).sum())
        before = alpha
        alpha, beta = used / max(size, 1e-12), max(n - used, 1e-6) / max(residual, 1e-12)
        if abs(alpha - before) <= 1e-4 * before:
            break
    shrunk = alpha + beta * squares
    weights = beta * values * along / shrunk
    residual = outside + float(((along - values * weights) ** 2).sum())
    log_determinant = float(np.log(shrunk).sum()) + (d - len(values)) * np.log(alpha)
    return float(d * np.log(alpha) + n * np.log(beta) - log_determinant - beta * residual - alpha * float(weights @ weights)
                 - n * np.log(2 * np.pi)) / (2 * n)
