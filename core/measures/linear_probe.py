"""How well a linear readout of features tells classes apart: what a network knows before it is fine-tuned."""

import numpy as np

RIDGE = 1.0  # of standardised features: a sum of squares as large as that of one sample


def probe_accuracy(features: np.ndarray, y_true: np.ndarray, n_train: int) -> float:
    """Return the test accuracy of a ridge regression on one-hot labels.

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
    train, targets = x[:n_train], np.eye(int(y_true.max()) + 1)[y_true[:n_train]]
    offset = targets.mean(0)  # standardised features have mean zero, so the intercept is the mean target
    weights = np.linalg.solve(train.T @ train + RIDGE * np.eye(x.shape[1]), train.T @ (targets - offset))
    predicted = (x[n_train:] @ weights + offset).argmax(1)
    return float((predicted == y_true[n_train:]).mean())
