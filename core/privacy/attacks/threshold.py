"""Attacks that read one number off the target's answer: correctness, loss, confidence, entropy, modified entropy.

The ROC of a global threshold is that of the raw score. With a threshold per class the score is shifted by the threshold of the
sample's class, learned on the reference models, so that one cut at zero is the published decision rule.
"""

import numpy as np

from core.measures.thresholds import thresholds_per_class
from core.privacy.signals import Signals


def gap(signals: Signals) -> np.ndarray:
    """Return 1 where the target labels the sample itself correctly, else 0, (K, N).

    Its balanced accuracy is exactly ``1/2 + (train accuracy - held-out accuracy) / 2``: the floor for every other attack.

    Source:
        Yeom et al. 2018, "Privacy Risk in Machine Learning".
    """
    return signals.correct.astype(np.float64)


def loss(signals: Signals) -> np.ndarray:
    """Return minus the cross-entropy, averaged over queries, (K, N).

    Source:
        Yeom et al. 2018, "Privacy Risk in Machine Learning".
    """
    return signals.log_prob_true.mean(axis=-1)


def confidence(signals: Signals) -> np.ndarray:
    """Return the log of the largest posterior, averaged over queries, (K, N); the label is not used.

    Source:
        Salem et al. 2019, "ML-Leaks", adversary 3.
    """
    def one_model(logits: np.ndarray) -> np.ndarray:
        logits = logits.astype(np.float64)
        # With the leading logit moved to 0 the log-posterior is -log(1 + rest): log1p keeps posteriors near 1 apart.
        ranked = np.sort(logits - logits.max(axis=-1, keepdims=True), axis=-1)
        return -np.log1p(np.exp(ranked[..., :-1]).sum(axis=-1)).mean(axis=-1)

    return np.stack([one_model(logits) for logits in signals.logits])


def entropy(signals: Signals) -> np.ndarray:
    """Return minus the entropy of the posterior, averaged over queries, (K, N).

    Source:
        Song and Mittal 2021, "Systematic Evaluation of Privacy Risks of Machine Learning Models".
    """
    return -signals.entropy.mean(axis=-1)


def modified_entropy(signals: Signals) -> np.ndarray:
    """Return minus the modified entropy, averaged over queries, (K, N).

    Source:
        Song and Mittal 2021, "Systematic Evaluation of Privacy Risks of Machine Learning Models", equation 8.
    """
    return -signals.modified_entropy.mean(axis=-1)


def entropy_per_class(signals: Signals, *, minimum_per_class: int = 50) -> np.ndarray:
    """Return minus the entropy, shifted so that 0 is the threshold of the sample's class on the reference models, (K, N)."""
    return shifted_per_class(entropy(signals), signals, minimum_per_class=minimum_per_class)


def modified_entropy_per_class(signals: Signals, *, minimum_per_class: int = 50) -> np.ndarray:
    """Return minus the modified entropy, shifted so that 0 is the threshold of the sample's class, (K, N)."""
    return shifted_per_class(modified_entropy(signals), signals, minimum_per_class=minimum_per_class)


def shifted_per_class(scores: np.ndarray, signals: Signals, *, minimum_per_class: int) -> np.ndarray:
    """Return scores minus the class thresholds that the other models suggest, (K, N).

    A threshold of +inf (a class in which no cut beats a coin on the references) says "nobody"; it is put just above the
    largest score seen, so that the order within the class survives and the scores stay finite.
    """
    thresholds = thresholds_per_class(scores, signals.members, signals.y, minimum_per_class=minimum_per_class)
    ceiling = np.nextafter(scores.max(), np.inf)
    return scores - np.minimum(thresholds, ceiling)
