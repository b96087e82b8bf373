"""How good and how honest the answers of one network are."""

from dataclasses import dataclass

import numpy as np

from core.measures.calibration import ece, nll, softmax, top


@dataclass(frozen=True)
class Judged:
    """Accuracy, mean cross-entropy and expected calibration error of one network on some images."""

    accuracy: float
    loss: float
    ece: float


def judged(logits: np.ndarray, y: np.ndarray) -> Judged:
    """Return how logits (N, C) do against classes (N,)."""
    probs = softmax(logits)
    confidence, correct = top(probs, y)
    return Judged(float(correct.mean()), nll(probs, y), ece(confidence, correct))
