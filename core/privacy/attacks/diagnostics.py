"""Diagnostics read as attacks: the feature norm and the decision margin, which may differ between members and non-members.

Source: Fang and Kim 2024, "Representation Magnitude has a Liability to Privacy Vulnerability" (SRCM), diagnostic figures.
"""

import numpy as np

from core.privacy.signals import Signals


def feature_norm(signals: Signals) -> np.ndarray:
    """Return the Euclidean norm of the classifier's input, (K, N); larger for members where the paper's claim holds."""
    return np.asarray(signals.feature_norms, dtype=np.float64)


def margin(signals: Signals) -> np.ndarray:
    """Return the largest minus the second largest posterior, averaged over queries, (K, N), in [0, 1]."""
    def one_model(logits: np.ndarray) -> np.ndarray:
        ranked = np.sort(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True), axis=-1)
        weights = np.exp(ranked)
        return ((1.0 - weights[..., -2]) / weights.sum(axis=-1)).mean(axis=-1)

    return np.stack([one_model(logits) for logits in signals.logits])
