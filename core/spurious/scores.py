"""How hard an image is for a network early in training: larger is harder, for every score.

All but forgetting read one checkpoint's logits without augmentation. In a task of two classes EL2N, loss and margin are increasing
functions of one another and rank alike; averages over runs differ a little.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import log_softmax, softmax
from scipy.stats import rankdata

from core.lab.errors import InputError

FORGETTING = "forgetting"
SCORE_NAMES = ("el2n", "loss", "margin", FORGETTING)


def el2n(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the length of the error vector, softmax minus one-hot label, (N,) in [0, sqrt 2), from logits (N, C).

    Source:
        Paul, Ganguli and Dziugaite 2021, "Deep Learning on a Data Diet", definition 2.2.

    Example:
        >>> el2n(np.array([[0.0, 0.0]]), np.array([1])).round(4).tolist()
        [0.7071]
    """
    error = softmax(np.asarray(logits, dtype=np.float64), axis=1)
    error[np.arange(len(y)), y] -= 1.0
    return np.sqrt(np.square(error).sum(axis=1))


def loss(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the cross-entropy of each image, (N,), at least 0."""
    return -log_softmax(np.asarray(logits, dtype=np.float64), axis=1)[np.arange(len(y)), y]


def margin(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the largest probability of another class minus that of the label, (N,) in [-1, 1]."""
    probs = softmax(np.asarray(logits, dtype=np.float64), axis=1)
    rows = np.arange(len(y))
    own = probs[rows, y]
    probs[rows, y] = -np.inf
    return probs.max(axis=1) - own


def forgetting(is_correct: np.ndarray) -> np.ndarray:
    """Return how often each image was unlearned, (N,): changes from right to wrong between epochs, the number of epochs if never right.

    Args:
        is_correct: Boolean (E, N), epochs in order.

    Source:
        Toneva et al. 2019, "An Empirical Study of Example Forgetting", section 3; read once an epoch instead of once a batch.
    """
    is_correct = np.asarray(is_correct, dtype=bool)
    unlearned = (is_correct[:-1] & ~is_correct[1:]).sum(axis=0)
    return np.where(is_correct.any(axis=0), unlearned, len(is_correct)).astype(np.float64)


def score_run(name: str, logits_by_epoch: Sequence[np.ndarray], y: np.ndarray) -> np.ndarray:
    """Return the score of one run, (N,).

    Args:
        name: One of ``SCORE_NAMES``.
        logits_by_epoch: Logits (N, C) after each epoch, in order; all scores but forgetting read the last.
        y: Labels (N,).

    Raises:
        InputError: If the score is unknown.
    """
    if name not in SCORE_NAMES:
        raise InputError(f"a difficulty score must be one of {', '.join(SCORE_NAMES)}, got {name!r}.")
    if name == FORGETTING:
        return forgetting(np.stack([logits.argmax(axis=1) == y for logits in logits_by_epoch]))
    return {"el2n": el2n, "loss": loss, "margin": margin}[name](logits_by_epoch[-1], y)


def stability(scores: np.ndarray, y: np.ndarray) -> float:
    """Return the mean Spearman correlation between pairs of runs (R, N), within each class and averaged; NaN for a single run."""
    runs = range(len(scores))
    pairs = [agreement(scores[one], scores[two], y) for one in runs for two in runs if one < two]
    return float(np.mean(pairs)) if pairs else float("nan")


def agreement(one: np.ndarray, two: np.ndarray, y: np.ndarray) -> float:
    """Return the Spearman correlation of two scores (N,), within each class and averaged over classes; NaN if one is constant.

    Within classes, because pruning ranks within classes, and because an unfinished network that favours one class shifts whole
    classes against each other.
    """
    found = []
    for label in np.unique(y):
        first, second = rankdata(one[y == label]), rankdata(two[y == label])
        constant = np.ptp(first) == 0 or np.ptp(second) == 0
        found.append(np.nan if constant else np.corrcoef(first, second)[0, 1])
    return float(np.mean(found))
