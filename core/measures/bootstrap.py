"""Bootstrap intervals of the gap between the best and the worst group.

A largest minus a smallest mean of noisy groups is biased upwards, and a bootstrap draws that bias a second time. The basic interval
(2 x observed - quantile) takes it off again: over ten groups of 400 whose accuracies lie between 80 % and 90 %, the plain percentile
interval covered the true gap in 81 % of 300 simulations and this one in 90 % (95 % wanted), over groups of 100 in 24 % and 91 %. Both
miss a true gap of zero often, for which no interval of this kind is made. Over five seeds, redrawn with their samples, it covered the
mean gap in 92 to 95 % (two and ten groups of 100 to 400, seeds that differ by one to two points). A studentised interval and one shifted
by the bias and two standard errors were tried: within a seed they cover 82 to 94 % and 91 to 98 %, over seeds the latter 99 %.

Source: Davison and Hinkley 1997, "Bootstrap Methods and their Application", section 5.2 (basic intervals) and 3.8 (nested data).
"""

import numpy as np

from core.lab.estimate import FEWEST_SEEDS, Estimate

DRAWS = 1000


def gap_interval(
    values: np.ndarray, groups: np.ndarray, n_groups: int, rng: np.random.Generator, *, n_draws: int = DRAWS, confidence: float = 0.95
) -> tuple[float, float]:
    """Return the interval of the largest minus the smallest group mean over samples, which are redrawn within their groups.

    Args:
        values: One number per sample (N,): right or wrong as 0 and 1 for a gap of accuracies, excess losses for their disparity.
        groups: Group of each sample (N,); every group occurs.
        n_groups: G.
        rng: Draws the samples.
        n_draws: Bootstrap repeats.
        confidence: Two-sided coverage aimed at.

    Returns:
        (low, high), low at least 0; the observed gap lies within.
    """
    return interval_of(*gap_draws(values, groups, n_groups, rng, n_draws=n_draws), confidence=confidence)


def gap_draws(
    values: np.ndarray, groups: np.ndarray, n_groups: int, rng: np.random.Generator, *, n_draws: int = DRAWS
) -> tuple[float, np.ndarray]:
    """Return the gap between group means, and that gap in each repeat of the bootstrap, (n_draws,); see ``gap_interval``."""
    parts = [values[groups == group] for group in range(n_groups)]
    means = np.stack([part[rng.integers(len(part), size=(n_draws, len(part)))].mean(axis=1) for part in parts], axis=1)
    return float(np.ptp([part.mean() for part in parts])), np.ptp(means, axis=1)


def gap_over_seeds(
    observed: np.ndarray, draws: np.ndarray, rng: np.random.Generator, *, n_draws: int = DRAWS, confidence: float = 0.95
) -> Estimate:
    """Return the mean over seeds of a gap; seeds are redrawn, then one of each one's own repeats over samples.

    Args:
        observed: Gap of each seed, (S,).
        draws: Its repeats with samples redrawn, as ``gap_draws`` returns them, (S, D).
        rng: Draws seeds and repeats.
        n_draws: Bootstrap repeats.
        confidence: Two-sided coverage aimed at.

    Returns:
        Estimate with n = S; no interval under three seeds.
    """
    n_seeds, mean = len(observed), float(np.mean(observed))
    if n_seeds < FEWEST_SEEDS:
        return Estimate(mean, None, None, n_seeds)
    seeds = rng.integers(n_seeds, size=(n_draws, n_seeds))
    redrawn = draws[seeds, rng.integers(draws.shape[1], size=seeds.shape)].mean(axis=1)
    return Estimate(mean, *interval_of(mean, redrawn, confidence=confidence), n_seeds)


def accuracy_gap_over_seeds(
    accuracy: np.ndarray, n_samples: np.ndarray, rng: np.random.Generator, *, n_draws: int = DRAWS, confidence: float = 0.95
) -> Estimate:
    """Return the mean over seeds of the gap between group accuracies; seeds are redrawn, then samples within groups.

    Args:
        accuracy: (S, G) shares of right answers.
        n_samples: (G,) test samples behind each share.
        rng: Draws seeds and samples.
        n_draws: Bootstrap repeats.
        confidence: Two-sided coverage aimed at.

    Returns:
        Estimate in [0, 1] with n = S; no interval under three seeds.
    """
    n_seeds = len(accuracy)
    observed = float(np.ptp(accuracy, axis=1).mean())
    if n_seeds < FEWEST_SEEDS:
        return Estimate(observed, None, None, n_seeds)
    seeds = rng.integers(n_seeds, size=(n_draws, n_seeds))
    redrawn = rng.binomial(np.asarray(n_samples), accuracy[seeds]) / n_samples
    low, high = interval_of(observed, np.ptp(redrawn, axis=2).mean(axis=1), confidence=confidence)
    return Estimate(observed, low, min(high, 1.0), n_seeds)


def interval_of(observed: float, draws: np.ndarray, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return the basic interval of a gap from its repeats, at least 0 and around the observed gap."""
    low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2])
    return max(0.0, min(2 * observed - float(high), observed)), max(2 * observed - float(low), observed)
