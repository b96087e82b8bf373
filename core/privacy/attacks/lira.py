"""Likelihood-ratio attack (LiRA): whether the target's log-odds are more typical of models with or without the sample.

Two places in the public reference code differ from the paper; ``variant`` chooses. "paper": the offline score is the one-sided
log-CDF and spreads are measured around each sample's own mean. "reference": the offline score is minus the OUT log-density, so
that samples far below the OUT mean count as members too; centres are medians; the fixed spread is that of the IN log-odds of all
samples together, not centred, for both sides. Everything is computed for all K targets at once, leaving the target out.

A mean of n references is itself uncertain, so a new log-odds value scatters around it with variance s^2 (1 + 1/n). In the half-
and-half design a member of the target has one IN reference fewer and a non-member one OUT reference fewer: n gives membership
away. Ignoring it, as the paper does, puts a target that leaks nothing at an AUC well below one half when references are few,
and weakens real attacks. ``counts="corrected"`` scales the squared deviations by 1 + 1/n and leaves n out of the normaliser
(which would leak it), so that the score of a target that leaks nothing has the same distribution for members and non-members.

Source: Carlini et al. 2022, "Membership Inference Attacks From First Principles", algorithm 1 and section VI.
"""

from typing import Literal

import numpy as np
from scipy.special import log_ndtr

from core.measures.leave_one_out import count_of_others, expand, mean_of_others, median_of_others, squares_of_others
from core.privacy.attacks.references import require_references
from core.privacy.signals import Signals

Variant = Literal["paper", "reference"]
Variance = Literal["fixed", "per_sample"]
Centre = Literal["mean", "median"]
Counts = Literal["corrected", "ignored"]
SMALLEST_SPREAD = 1e-6


def online(
    signals: Signals, *, variant: Variant = "paper", variance: Variance = "fixed", centre: Centre | None = None,
    counts: Counts | None = None,
) -> np.ndarray:
    """Return the log-likelihood ratio of IN against OUT, averaged over queries, (K, N).

    Args:
        signals: Needs at least one reference trained with and one trained without every sample (two each per sample for
            ``variance="per_sample"``).
        variant: See the module's first lines.
        variance: "fixed" shares one spread per side over all samples, better below about 64 models; "per_sample" does not.
        centre: How the references of a sample are summarised; by default the variant's own (mean for the paper's).
        counts: Whether the number of references behind each mean is allowed for; by default "corrected" for the paper's variant
            and "ignored" for the reference code's. See the module's first lines.

    Raises:
        InputError: If a sample has too few references on one side.
    """
    least = 2 if variance == "per_sample" else 1
    require_references(signals.members, inside=least, outside=least)
    phi, members = signals.phi, signals.members
    centre_in, centre_out = _centre(phi, members, variant, centre), _centre(phi, ~members, variant, centre)
    if variant == "reference" and variance == "fixed":
        spread_in = spread_out = _uncentred_spread(phi, members)
    else:
        spread_in, spread_out = _spread(phi, members, variance), _spread(phi, ~members, variance)
    inside = _log_density(phi, centre_in, spread_in, _inflation(phi, members, variant, counts))
    outside = _log_density(phi, centre_out, spread_out, _inflation(phi, ~members, variant, counts))
    return (inside - outside).mean(axis=-1)


def offline(
    signals: Signals, *, variant: Variant = "paper", variance: Variance = "fixed", centre: Centre | None = None,
    counts: Counts | None = None,
) -> np.ndarray:
    """Return how far the target's log-odds exceed those of models trained without the sample, (K, N).

    "paper": ``-log Pr[Z > phi]`` with Z normal as the OUT references say, averaged over queries. It orders single queries as the
    paper's ``1 - Pr[Z > phi]`` does, which saturates at 1 for confident samples where this one keeps growing.

    Args:
        signals: Needs at least one reference (two for ``variance="per_sample"``) trained without every sample.
        variant: See the module's first lines.
        variance: As in ``online``.
        centre: As in ``online``.
        counts: As in ``online``.

    Raises:
        InputError: If a sample has too few references trained without it.
    """
    require_references(signals.members, inside=0, outside=2 if variance == "per_sample" else 1)
    phi, outside = signals.phi, ~signals.members
    middle, inflation = _centre(phi, outside, variant, centre), _inflation(phi, outside, variant, counts)
    if variant == "reference":
        spread = _uncentred_spread(phi, outside) if variance == "fixed" else _spread(phi, outside, variance)
        return -_log_density(phi, middle, spread, inflation).mean(axis=-1)
    return -log_ndtr((middle - phi) / (_spread(phi, outside, variance) * np.sqrt(inflation))).mean(axis=-1)


def offline_two_sided(signals: Signals) -> np.ndarray:
    """Return ``offline`` as the public reference code computes it, kept for comparison, (K, N)."""
    return offline(signals, variant="reference")


def _centre(phi: np.ndarray, chosen: np.ndarray, variant: Variant, centre: Centre | None) -> np.ndarray:
    centre = centre or ("mean" if variant == "paper" else "median")
    return mean_of_others(phi, chosen) if centre == "mean" else median_of_others(phi, chosen)


def _spread(phi: np.ndarray, chosen: np.ndarray, variance: Variance) -> np.ndarray:
    """Return the standard deviation around each sample's mean, (K, N, A), or pooled over samples, (K, 1, A)."""
    squares = squares_of_others(phi, chosen)
    freedom = np.maximum(count_of_others(chosen) - 1.0, 0.0)
    if variance == "fixed":
        pooled = np.maximum(freedom.sum(axis=1), 1.0)[:, None, None]
        return np.maximum(np.sqrt(squares.sum(axis=1, keepdims=True) / pooled), SMALLEST_SPREAD)
    return np.maximum(np.sqrt(squares / expand(freedom, squares)), SMALLEST_SPREAD)


def _uncentred_spread(phi: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the spread of all samples' chosen log-odds together, one per target, (K, 1, 1), as the reference code does."""
    mask = expand(chosen, phi)
    centred = np.where(mask, phi - phi.mean(), 0.0)
    per_model = np.stack([centred.sum(axis=(1, 2)), (centred**2).sum(axis=(1, 2)), chosen.sum(axis=1) * phi.shape[2]])
    total, squares, count = per_model.sum(axis=1, keepdims=True) - per_model
    return np.maximum(np.sqrt(np.maximum(squares / count - (total / count) ** 2, 0.0)), SMALLEST_SPREAD)[:, None, None]


def _inflation(phi: np.ndarray, chosen: np.ndarray, variant: Variant, counts: Counts | None) -> np.ndarray:
    """Return the factor by which an uncertain mean inflates squared deviations, 1 where counts are ignored."""
    if (counts or ("corrected" if variant == "paper" else "ignored")) == "ignored":
        return np.ones(1)
    return expand(1.0 + 1.0 / count_of_others(chosen), phi)


def _log_density(values: np.ndarray, centre: np.ndarray, spread: np.ndarray, inflation: np.ndarray) -> np.ndarray:
    return -0.5 * ((values - centre) / spread) ** 2 / inflation - np.log(spread)
