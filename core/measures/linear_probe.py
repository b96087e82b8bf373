"""How well a linear readout of features tells classes apart: what a network knows before it is fine-tuned."""

import numpy as np

PENALTIES = tuple(float(penalty) for penalty in np.logspace(0, 5, 11))  # of standardised features, a sum of squares


def probe_accuracy(features: np.ndarray, y_true: np.ndarray, n_train: int) -> float:
    """Return the test accuracy of a ridge regression on one-hot labels, its penalty chosen by leave-one-out error in training.

    Without that choice the answer would depend on how many samples there are for how many features: where the two are about equal,
    a small penalty fits noise.

    Args:
        features: (N, D), training samples first; standardised here by the training samples.
        y_true: Classes, int (N,), 0 to C - 1.
        n_train: How many samples the readout is fitted to; the others are tested on.

    Returns:
        A fraction in [0, 1]; larger means that the classes lie more apart.
    """
    x = np.asarray(features, dtype=np.float64)
    mean, spread = x[:n_train].mean(0), x[:n_train].std(0)
    x = (x - mean) / np.where(spread > 0, spread, 1.0)
    targets = np.eye(int(y_true.max()) + 1)[y_true[:n_train]]
    offset = targets.mean(0)  # standardised features have mean zero, so the intercept is the mean target
    left, values, right = np.linalg.svd(x[:n_train], full_matrices=False)
    inside = left.T @ (targets - offset)
    errors = [np.square(left_out_residuals(left, values, targets - offset, penalty)).sum() for penalty in PENALTIES]
    shrunk = values / (values**2 + PENALTIES[int(np.argmin(errors))])
    predicted = (x[n_train:] @ right.T @ (shrunk[:, None] * inside) + offset).argmax(1)
    return float((predicted == y_true[n_train:]).mean())


def left_out_residuals(left: np.ndarray, values: np.ndarray, targets: np.ndarray, penalty: float) -> np.ndarray:
    """Return what a ridge regression without intercept leaves of each sample's targets (n, C) when it is fitted to the others.

    Args:
        left: Left singular vectors (n, r) of the features.
        values: Singular values (r,).
        targets: (n, C).
        penalty: Multiple of the squared weights that is added to the squared error, above 0.

    Source: the residual over one minus the leverage, elementary (Allen 1974, PRESS).
    """
    kept = values**2 / (values**2 + penalty)
    leverage = left**2 @ kept
    return (targets - left @ (kept[:, None] * (left.T @ targets))) / (1.0 - leverage)[:, None]
