"""Scores of how well a text is known to a language model, from the log-probabilities of its tokens; larger means better known.

None of them says that a text was in training. Beside texts of the same kind that were not, the difference is evidence.
"""

import zlib
from collections.abc import Sequence

import numpy as np

LOWEST_SHARE = 0.2
TINY = 1e-9  # a loss that is zero has a logarithm, too


def min_k(log_probabilities: np.ndarray, share: float = LOWEST_SHARE) -> float:
    """Return the mean log-probability of the least likely tokens: what was seen holds few surprises.

    Args:
        log_probabilities: Of a text's tokens, natural, (T,).
        share: Of the tokens, at least one.

    Raises:
        ValueError: If there is no token.

    Source:
        Shi et al. 2024, "Detecting Pretraining Data from Large Language Models", Min-K% Prob with 20 %.

    Example:
        >>> min_k(np.array([-1.0, -5.0, -2.0, -3.0, -0.5]), share=0.4)
        -4.0
    """
    values = np.asarray(log_probabilities, dtype=np.float64)
    if not values.size:
        raise ValueError("a text must have at least one token that counts, got none")
    return float(np.sort(values)[:max(1, int(share * len(values)))].mean())


def loss_ratio(log_probabilities: np.ndarray, reference: np.ndarray) -> float:
    """Return the logarithm of a reference model's loss over the model's own, each a mean over the same tokens.

    Raises:
        ValueError: If the tokens are not the same number, or none.

    Source:
        Carlini et al. 2021, "Extracting Training Data from Large Language Models", the ratio to a second model.

    Example:
        >>> round(loss_ratio(np.array([-1.0, -1.0]), np.array([-2.0, -2.0])), 4)
        0.6931
    """
    own, other = (np.asarray(values, dtype=np.float64) for values in (log_probabilities, reference))
    if own.shape != other.shape or not own.size:
        raise ValueError(f"both models must have read the same tokens, got {own.size} and {other.size}")
    return float(np.log(max(TINY, -other.mean())) - np.log(max(TINY, -own.mean())))


def zlib_ratio(log_probabilities: np.ndarray, text: str) -> float:
    """Return the logarithm of a text's compressed size in nats over the model's loss on it: where no second model is at hand.

    Source:
        Carlini et al. 2021, the ratio to zlib.
    """
    size = 8.0 * np.log(2.0) * len(zlib.compress(text.encode()))
    return float(np.log(size) - np.log(max(TINY, -float(np.sum(log_probabilities)))))


def many(score, texts: Sequence[np.ndarray], *others: Sequence) -> np.ndarray:
    """Return a score of every text, float64 (N,)."""
    return np.array([score(text, *rest) for text, *rest in zip(texts, *others, strict=True)])
