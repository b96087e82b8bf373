"""Robust membership inference attack (RMIA) and the plain probability ratio underneath it.

Every score starts from ``ratio(x) = p(y | x, target) / P(x)``, with P(x) what models would give the sample on average. RMIA is
the share of population samples z whose ratio is beaten by a factor gamma; it grows with ratio(x) alone, so one sort of the
population ratios replaces the samples-by-population matrix. All ratios are kept as logarithms, averaged over queries.

Source: Zarifzadeh, Liu and Shokri 2024, "Low-Cost High-Power Membership Inference Attacks".
"""

import numpy as np

from core.measures.leave_one_out import mean_of_others
from core.measures.roc import auc_many
from core.privacy.attacks.references import require_references
from core.privacy.signals import Signals

SMALLEST_PROBABILITY = 1e-300
OFFLINE_GRID = tuple(step / 10.0 for step in range(11))


def online(signals: Signals, *, gamma: float = 1.0) -> np.ndarray:
    """Return RMIA with references trained with and without the sample, (K, N), in [0, 1].

    P(x) is the mean of the IN average and the OUT average. No model was trained on z, so P(z) is the plain average.

    Raises:
        InputError: If a sample lacks a reference on one side.
        ValueError: If ``gamma`` is not positive.
    """
    log_ratio_z = _log_ratio(signals.population_log_prob_true, _population_average(signals))
    return share_beaten(ratio_online(signals), log_ratio_z, gamma=gamma)


def offline(signals: Signals, *, a: float | None = None, gamma: float = 1.0) -> np.ndarray:
    """Return RMIA with references trained without the sample, (K, N), in [0, 1].

    Args:
        signals: Needs at least one reference trained without every sample.
        a: The assumed line ``P_in = a * P_out + 1 - a``, in [0, 1]; None chooses it per target on the references.
        gamma: How clearly a population sample has to be beaten, positive.

    Raises:
        InputError: If a sample lacks a reference trained without it.
        ValueError: If ``a`` is outside [0, 1] or ``gamma`` is not positive.
    """
    slope = choose_a(signals)[:, None, None] if a is None else a
    log_ratio_z = _log_ratio(signals.population_log_prob_true, expected_average(_population_average(signals), slope))
    return share_beaten(ratio_offline(signals, a=slope), log_ratio_z, gamma=gamma)


def ratio_online(signals: Signals) -> np.ndarray:
    """Return the log-ratio behind ``online``, (K, N); finer than RMIA at low false-positive rates.

    BASE divides by the plain mean over all references instead. With references drawn independently of the target the two agree in
    expectation. In a half-and-half design they do not: a member's references hold it one time less often than a non-member's, the
    plain mean is lower for members, and even a target that was never trained on the pool seems to leak. Hence it is not offered.

    Raises:
        InputError: If a sample lacks a reference on one side.

    Source:
        Zarifzadeh et al. 2024; Lassila et al. 2025, "Practical Bayes-Optimal Membership Inference Attacks" (BASE).
    """
    require_references(signals.members, inside=1, outside=1)
    probs = np.exp(signals.log_prob_true)
    average = (mean_of_others(probs, signals.members) + mean_of_others(probs, ~signals.members)) / 2.0
    return _log_ratio(signals.log_prob_true, average)


def ratio_offline(signals: Signals, *, a: float | np.ndarray | None = None) -> np.ndarray:
    """Return the log-ratio behind ``offline``, (K, N); finer than RMIA at low false-positive rates."""
    slope = choose_a(signals)[:, None, None] if a is None else a
    return _log_ratio(signals.log_prob_true, expected_average(_outside_average(signals), slope))


def choose_a(signals: Signals) -> np.ndarray:
    """Return for every target the slope in {0, .1, ..., 1} that attacks its reference models best, (K,).

    The AUC of the raw ratio, averaged over the other models as targets, decides: the target's own labels are not used to judge.
    """
    average = _outside_average(signals)
    areas = np.stack([
        auc_many(_log_ratio(signals.log_prob_true, expected_average(average, slope)), signals.members) for slope in OFFLINE_GRID])
    of_the_others = areas.sum(axis=1, keepdims=True) - areas
    return np.asarray(OFFLINE_GRID)[of_the_others.argmax(axis=0)]


def expected_average(outside_average: np.ndarray, a: float | np.ndarray) -> np.ndarray:
    """Return ``P = ((1 + a) * P_out + 1 - a) / 2``, the mean of P_out and the P_in that the line predicts.

    Raises:
        ValueError: If ``a`` is outside [0, 1].
    """
    if np.min(a) < 0.0 or np.max(a) > 1.0:
        raise ValueError(f"a must lie in [0, 1], got {a!r}")
    return ((1.0 + a) * outside_average + 1.0 - a) / 2.0


def share_beaten(log_ratio_x: np.ndarray, log_ratio_z: np.ndarray, *, gamma: float = 1.0) -> np.ndarray:
    """Return for each x the share of z with ``ratio(x) / ratio(z) >= gamma``, (K, N) from (K, N) and (K, M), by binary search.

    Raises:
        ValueError: If ``gamma`` is not positive or there is no population.
    """
    if not gamma > 0.0 or log_ratio_z.shape[1] == 0:
        raise ValueError(f"gamma must be positive and the population not empty, got {gamma!r} and {log_ratio_z.shape[1]} samples")
    needed = log_ratio_x - np.log(gamma)
    return np.stack([
        np.searchsorted(np.sort(of_z), of_x, side="right") / of_z.size for of_x, of_z in zip(needed, log_ratio_z, strict=True)])


def _outside_average(signals: Signals) -> np.ndarray:
    require_references(signals.members, inside=0, outside=1)
    return mean_of_others(np.exp(signals.log_prob_true), ~signals.members)


def _population_average(signals: Signals) -> np.ndarray:
    probs = np.exp(signals.population_log_prob_true)
    return mean_of_others(probs, np.ones(probs.shape[:2], dtype=bool))


def _log_ratio(log_prob: np.ndarray, average: np.ndarray) -> np.ndarray:
    return (log_prob - np.log(np.maximum(average, SMALLEST_PROBABILITY))).mean(axis=-1)
