"""What the attacks see: cached outputs of K models on N pool samples, and the per-sample quantities derived from them.

Axes, always in this order: K models, N pool samples (or M population samples), A queries of one sample (the image itself first,
then augmented copies), C classes. Derived quantities are float64. Every model is a target in turn; the others are its references.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.lab.errors import RunFailed


@dataclass(frozen=True, eq=False)
class Signals:
    """Cached outputs; attacks read these arrays and never a model.

    Attributes:
        logits: (K, N, A, C) float; query 0 is the image itself.
        y: (N,) class indices.
        members: (K, N) bool; whether model k was trained on sample i.
        population_logits: (K, M, A, C) float on samples that no model was trained on.
        population_y: (M,) class indices.
        sample_ids: (N,) content hashes; they tie rows to images, so that a changed order is noticed.
        feature_norms: (K, N) Euclidean norm of the classifier's input.
        input_gradient_norms: (K, N) norm of the gradient of the loss with respect to the image.
        parameter_gradient_norms: (K, N) norm of the gradient of the loss with respect to all weights.
        label_only_correct: (K, N, Q) bool; whether model k labels perturbed copy q of sample i correctly.

    Raises:
        ValueError: If shapes do not fit together, a label is outside [0, C), or C is below 2.
        RunFailed: If an output is not finite.
    """

    logits: np.ndarray
    y: np.ndarray
    members: np.ndarray
    population_logits: np.ndarray
    population_y: np.ndarray
    sample_ids: np.ndarray
    feature_norms: np.ndarray | None = None
    input_gradient_norms: np.ndarray | None = None
    parameter_gradient_norms: np.ndarray | None = None
    label_only_correct: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Check that the arrays fit together."""
        _check(self)

    @cached_property
    def log_prob_true(self) -> np.ndarray:
        """Return the log-probability of the label, (K, N, A)."""
        return _model_by_model(log_prob_true, self.logits, self.y)

    @cached_property
    def phi(self) -> np.ndarray:
        """Return the log-odds of the label, (K, N, A)."""
        return _model_by_model(phi, self.logits, self.y)

    @cached_property
    def population_log_prob_true(self) -> np.ndarray:
        """Return the log-probability of the label on population samples, (K, M, A)."""
        return _model_by_model(log_prob_true, self.population_logits, self.population_y)

    @cached_property
    def entropy(self) -> np.ndarray:
        """Return the entropy of the posterior, (K, N, A), nats."""
        return _model_by_model(lambda logits, _: entropy(logits), self.logits, self.y)

    @cached_property
    def modified_entropy(self) -> np.ndarray:
        """Return the modified entropy, (K, N, A), nats; zero means certain and right."""
        return _model_by_model(modified_entropy, self.logits, self.y)

    @cached_property
    def correct(self) -> np.ndarray:
        """Return whether each model labels the sample itself correctly, (K, N) bool."""
        return self.logits[:, :, 0].argmax(axis=-1) == self.y


def log_prob_true(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return log softmax at the label, (..., N, A) from (..., N, A, C) logits, float64; finite for finite logits."""
    logits = np.asarray(logits, dtype=np.float64)
    return _at_label(logits, y) - log_sum_exp(logits)


def loss_per_sample(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the cross-entropy of each query, nats, at least 0; larger means worse fitted."""
    return -log_prob_true(logits, y)


def phi(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the log-odds of the label, ``log p_y - log(1 - p_y)``, float64.

    It is the label's logit minus the log-sum-exp of the other logits, so it stays finite and strictly monotone where ``1 - p_y``
    underflows.

    Source:
        Carlini et al. 2022, "Membership Inference Attacks From First Principles", section VI-B (logit scaling).
    """
    logits = np.asarray(logits, dtype=np.float64)
    return _at_label(logits, y) - log_sum_exp(_without_label(logits, y))


def entropy(logits: np.ndarray) -> np.ndarray:
    """Return the Shannon entropy of the posterior, nats, in [0, log C]."""
    logits = np.asarray(logits, dtype=np.float64)
    log_probs = logits - log_sum_exp(logits)[..., None]
    return np.maximum(-(np.exp(log_probs) * log_probs).sum(axis=-1), 0.0)


def modified_entropy(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the label-aware entropy, nats: 0 where the label has probability 1, unbounded where it has probability 0.

    ``-(1 - p_y) log p_y - sum over j != y of p_j log(1 - p_j)``, with ``1 - p`` of the leading class summed from the others so
    that no digit is lost near certainty.

    Source:
        Song and Mittal 2021, "Systematic Evaluation of Privacy Risks of Machine Learning Models", equation 8.
    """
    logits = np.asarray(logits, dtype=np.float64)
    total = log_sum_exp(logits)[..., None]
    log_probs = logits - total
    probs = np.exp(log_probs)
    top = logits.argmax(axis=-1)[..., None]
    others = np.where(np.arange(logits.shape[-1]) == top, -np.inf, logits)
    with np.errstate(divide="ignore"):
        log_complement = np.log1p(-probs)
    np.put_along_axis(log_complement, top, log_sum_exp(others)[..., None] - total, axis=-1)
    wrong_classes = _at_label(probs * log_complement, y) - (probs * log_complement).sum(axis=-1)
    return np.maximum(wrong_classes - np.exp(_at_label(log_complement, y)) * _at_label(log_probs, y), 0.0)


def log_sum_exp(logits: np.ndarray) -> np.ndarray:
    """Return ``log(sum(exp(logits)))`` over the last axis without overflow; some, not all, entries may be -inf."""
    top = logits.max(axis=-1)
    return top + np.log(np.exp(logits - top[..., None]).sum(axis=-1))


def _labels(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.broadcast_to(np.asarray(y)[:, None, None], (*logits.shape[:-1], 1))


def _at_label(values: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.take_along_axis(values, _labels(values, y), axis=-1)[..., 0]


def _without_label(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.where(np.arange(logits.shape[-1]) == _labels(logits, y), -np.inf, logits)


def _model_by_model(function: Callable[[np.ndarray, np.ndarray], np.ndarray], logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Apply ``function`` one model at a time, so that the float64 copies stay as small as one model's logits."""
    return np.stack([function(of_one_model, y) for of_one_model in logits])


def _check(signals: Signals) -> None:
    if signals.logits.ndim != 4 or signals.population_logits.ndim != 4:
        raise ValueError(f"logits must have axes (K, N, A, C), got {signals.logits.shape} and {signals.population_logits.shape}")
    n_models, n_samples, n_queries, n_classes = signals.logits.shape
    if n_classes < 2:
        raise ValueError("logits must have at least 2 classes, got 1: give a single-output model a second output that is always 0")
    n_population = signals.population_logits.shape[1]
    expected = {
        "population_logits": (n_models, n_population, n_queries, n_classes), "y": (n_samples,), "members": (n_models, n_samples),
        "population_y": (n_population,), "sample_ids": (n_samples,), "feature_norms": (n_models, n_samples),
        "input_gradient_norms": (n_models, n_samples), "parameter_gradient_norms": (n_models, n_samples)}
    for name, shape in expected.items():
        array = getattr(signals, name)
        if array is not None and np.shape(array) != shape:
            raise ValueError(f"{name} must have shape {shape} to fit the logits, got {np.shape(array)}")
    correct = signals.label_only_correct
    if correct is not None and (correct.ndim != 3 or correct.shape[:2] != (n_models, n_samples) or correct.dtype != bool):
        raise ValueError(f"label_only_correct must be boolean of shape ({n_models}, {n_samples}, Q), got {correct.shape}")
    if signals.members.dtype != bool:
        raise ValueError(f"members must be boolean, got {signals.members.dtype}")
    for name, labels in (("y", signals.y), ("population_y", signals.population_y)):
        if labels.size and (labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() >= n_classes):
            span = f"{labels.dtype} in [{labels.min()}, {labels.max()}]"
            raise ValueError(f"{name} must hold class indices in [0, {n_classes}), got {span}")
    for name in ("logits", "population_logits", "feature_norms", "input_gradient_norms", "parameter_gradient_norms"):
        array = getattr(signals, name)
        if array is not None and not np.isfinite(array).all():
            raise RunFailed(f"{name} must be finite, got NaN or infinity: a model diverged, so lower the learning rate.")
