"""Likelihood-ratio attack (LiRA): whether the target's log-odds are more typical of models with or without the sample.

Two places in the public reference code differ from the paper; ``variant`` chooses. "paper": the offline score is the one-sided
log-CDF and spreads are measured around each sample's own mean. "reference": the offline score is minus the OUT log-density, so
that samples far below the OUT mean count as members too; centres are medians; the fixed spread is that of the IN log-odds of all
samples together, not centred, for both sides. Everything is computed for all K targets at once, leaving the target out.

Leaving out the target takes one IN reference from a member and one OUT reference from a non-member, so that in a half-and-half
design the number of references gives membership away: with three references, targets that leak nothing end at an AUC of .41.
With ``counts="matched"`` every target uses equally many references for every sample (see
``core.measures.matched``), and the spread allows for the uncertainty of a mean of n references, s^2 (1 + 1/n).
``counts="ignored"`` is the published procedure.

Source: Carlini et al. 2022, "Membership Inference Attacks From First Principles", algorithm 1 and section VI.
"""

from typing import Literal

import numpy as np
from scipy.special import log_ndtr

from core.measures.leave_one_out import count_of_others, expand, mean_of_others, median_of_others, squares_of_others
from core.measures.matched import matched_mean, matched_median, matched_rows, matched_variance
from core.privacy.attacks.references import require_references
from core.privacy.signals import Signals

Formula = Literal["paper", "reference"]
Variance = Literal["fixed", "per_sample"]
Centre = Literal["mean", "median"]
Counts = Literal["matched", "ignored"]
SMALLEST_SPREAD = 1e-6


def online(
    signals: Signals, *, variant: Formula = "paper", variance: Variance = "fixed", centre: Centre | None = None,
    counts: Counts | None = None,
) -> np.ndarray:
    """Return the log-likelihood ratio of IN against OUT, averaged over queries, (K, N).

    Args:
        signals: Needs at least one reference trained with and one trained without every sample (two each per sample for
            ``variance="per_sample"``).
        variant: See the module's first lines.
        variance: "fixed" shares one spread per side over all samples, better below about 64 models; "per_sample" does not.
        centre: How the references of a sample are summarised; by default the variant's own (mean for the paper's).
        counts: Whether targets on either side use equally many references; by default "matched" for the paper's variant and
            "ignored" for the reference code's. See the module's first lines.

    Raises:
        InputError: If a sample has too few references on one side.
    """
    least = 2 if variance == "per_sample" else 1
    require_references(signals.members, inside=least, outside=least)
    phi, members = signals.phi, signals.members
    rows_in, rows_out = (_rows(side, variant, counts) for side in (members, ~members))
    centre_in, centre_out = _centre(phi, members, variant, centre, rows_in), _centre(phi, ~members, variant, centre, rows_out)
    if variant == "reference" and variance == "fixed":
        spread_in = spread_out = _uncentred_spread(phi, members)
    else:
        spread_in, spread_out = _spread(phi, members, variance, rows_in), _spread(phi, ~members, variance, rows_out)
    return (_log_density(phi, centre_in, spread_in) - _log_density(phi, centre_out, spread_out)).mean(axis=-1)


def offline(
    signals: Signals, *, variant: Formula = "paper", variance: Variance = "fixed", centre: Centre | None = None,
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
    rows = _rows(outside, variant, counts)
    middle = _centre(phi, outside, variant, centre, rows)
    is_uncentred = variant == "reference" and variance == "fixed"
    spread = _uncentred_spread(phi, outside) if is_uncentred else _spread(phi, outside, variance, rows)
    if variant == "reference":
        return -_log_density(phi, middle, spread).mean(axis=-1)
    return -log_ndtr((middle - phi) / spread).mean(axis=-1)


def offline_two_sided(signals: Signals) -> np.ndarray:
    """Return ``offline`` as the public reference code computes it, kept for comparison, (K, N)."""
    return offline(signals, variant="reference")


def _rows(chosen: np.ndarray, variant: Formula, counts: Counts | None) -> np.ndarray | None:
    """Return the references that each target uses on one side, or None where it uses all."""
    return matched_rows(chosen) if (counts or ("matched" if variant == "paper" else "ignored")) == "matched" else None


def _centre(
    phi: np.ndarray, chosen: np.ndarray, variant: Formula, centre: Centre | None, rows: np.ndarray | None
) -> np.ndarray:
    if (centre or ("mean" if variant == "paper" else "median")) == "mean":
        return mean_of_others(phi, chosen) if rows is None else matched_mean(phi, rows)
    return median_of_others(phi, chosen) if rows is None else matched_median(phi, rows)


def _spread(phi: np.ndarray, chosen: np.ndarray, variance: Variance, rows: np.ndarray | None) -> np.ndarray:
    """Return the standard deviation around each sample's mean, (K, N, A), or pooled over samples; widened where matched."""
    if variance == "fixed":
        # One number shared by all samples tells none of them apart, so every reference may contribute.
        freedom = np.maximum(count_of_others(chosen) - 1.0, 0.0).sum(axis=1)
        variances = squares_of_others(phi, chosen).sum(axis=1, keepdims=True) / np.maximum(freedom, 1.0)[:, None, None]
    elif rows is None:
        variances = squares_of_others(phi, chosen) / expand(count_of_others(chosen) - 1.0, phi)
    else:
        variances = matched_variance(phi, rows)
    spread = np.maximum(np.sqrt(variances), SMALLEST_SPREAD)
    return spread if rows is None else spread * np.sqrt(1.0 + 1.0 / rows.shape[1])


def _uncentred_spread(phi: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the spread of all samples' chosen log-odds together, one per target, (K, 1, 1), as the reference code does."""
    mask = expand(chosen, phi)
    centred = np.where(mask, phi - phi.mean(), 0.0)
    per_model = np.stack([centred.sum(axis=(1, 2)), (centred**2).sum(axis=(1, 2)), chosen.sum(axis=1) * phi.shape[2]])
    total, squares, count = per_model.sum(axis=1, keepdims=True) - per_model
    return np.maximum(np.sqrt(np.maximum(squares / count - (total / count) ** 2, 0.0)), SMALLEST_SPREAD)[:, None, None]


def _log_density(values: np.ndarray, centre: np.ndarray, spread: np.ndarray) -> np.ndarray:
    return -0.5 * ((values - centre) / spread) ** 2 - np.log(spread)
