"""How good and how honest the answers of one network are."""

from dataclasses import dataclass

import numpy as np

from core.measures.calibration import brier, ece, nll, overconfidence, softmax, top


@dataclass(frozen=True)
class Judged:
    """One network on some images, by the measures of ``core.measures.calibration``.

    Attributes:
        accuracy: Share of right answers.
        loss: Mean cross-entropy, nats.
        ece: Expected calibration error, 15 bins.
        overconfidence: Mean confidence minus accuracy: above 0 too sure.
        brier: Mean squared distance from the right class, 0 to 2.
    """

    accuracy: float
    loss: float
    ece: float
    overconfidence: float
    brier: float


def judged(logits: np.ndarray, y: np.ndarray) -> Judged:
    """Return how logits (N, C) do against classes (N,)."""
    probs = softmax(logits)
    confidence, correct = top(probs, y)
    return Judged(float(correct.mean()), nll(probs, y), ece(confidence, correct), overconfidence(confidence, correct),
                  brier(probs, y))
