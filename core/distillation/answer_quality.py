"""How good and how honest the answers of one network are."""

from dataclasses import dataclass

import numpy as np

from core.distillation.calibration_error import expected_calibration_error


@dataclass(frozen=True)
class Judged:
    """Accuracy, mean cross-entropy and expected calibration error of one network on some images."""

    accuracy: float
    loss: float
    ece: float


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return softmax(logits / temperature) over the last axis."""
    scores = logits / temperature
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def judged(logits: np.ndarray, y: np.ndarray) -> Judged:
    """Return how logits (N, C) do against classes (N,)."""
    probs = softmax(logits.astype(np.float64))
    loss = float(-np.log(np.maximum(probs[np.arange(len(y)), y], 1e-12)).mean())
    return Judged(float((logits.argmax(1) == y).mean()), loss, expected_calibration_error(probs, y))
