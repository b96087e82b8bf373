"""The rules that a classifier's outputs and their labels must keep, each broken rule one sentence."""

import numpy as np

from core.lab.errors import InputError

SUM_TOLERANCE = 1e-3


def check_probabilities(p: np.ndarray, y: np.ndarray | None = None, *, what: str = "probabilities") -> None:
    """Refuse what are no probabilities, or labels that do not belong to them.

    Raises:
        InputError: One sentence: rule, received value, remedy.
    """
    p = np.asarray(p)
    if p.ndim != 2 or p.shape[1] < 2 or not len(p):
        raise InputError(f"{what} must be an array (samples, classes) with at least two classes, got shape {p.shape}: one row a sample.")
    if not np.isfinite(p).all():
        n_bad = int((~np.isfinite(p)).any(axis=1).sum())
        raise InputError(f"{what} must be finite, got {n_bad} rows with NaN or infinity: leave them out.")
    if p.min() < 0.0 or np.abs(p.sum(axis=1) - 1.0).max() > SUM_TOLERANCE:
        worst = p.sum(axis=1)[int(np.abs(p.sum(axis=1) - 1.0).argmax())]
        raise InputError(f"{what} must be at least 0 and sum to one in every row, got a smallest value of {p.min():.3g} and a sum of "
                         f"{worst:.3g}: give logits, or divide each row by its sum.")
    if y is not None:
        check_labels(y, p.shape)


def check_labels(y: np.ndarray, shape: tuple[int, int]) -> None:
    """Refuse labels that do not belong to outputs of ``shape`` (N, C).

    Raises:
        InputError: One sentence.
    """
    y = np.asarray(y)
    if y.shape != shape[:1] or not np.issubdtype(y.dtype, np.integer):
        raise InputError(f"labels must be one whole number for each of the {shape[0]} rows, got {y.dtype} of shape {y.shape}.")
    if len(y) and not (y.min() >= 0 and y.max() < shape[1]):
        raise InputError(f"labels must lie from 0 to {shape[1] - 1}, got {y.min()} to {y.max()}: number the classes from 0.")


def check_logits(logits: np.ndarray, y: np.ndarray | None = None, *, what: str = "logits") -> None:
    """Refuse logits that are not finite numbers (N, C), or labels that do not belong to them.

    Raises:
        InputError: One sentence.
    """
    logits = np.asarray(logits)
    if logits.ndim != 2 or logits.shape[1] < 2 or not len(logits):
        raise InputError(f"{what} must be an array (samples, classes) with at least two classes, got shape {logits.shape}.")
    if not np.isfinite(logits).all():
        raise InputError(f"{what} must be finite, got {int((~np.isfinite(logits)).any(axis=1).sum())} rows with NaN or infinity: "
                         "leave them out.")
    if y is not None:
        check_labels(y, logits.shape)
