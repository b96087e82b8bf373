"""How far the confidence of a classifier is from being right: calibration error and proper scores, over plain arrays.

``p`` are probabilities (N, C) whose rows sum to one, ``y`` whole numbers (N,), ``confidence`` the largest probability of each row and
``correct`` whether its class is the right one. All errors are fractions.

Source:
    Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of Modern Neural Networks" (ECE); Nixon et al. 2019, "Measuring Calibration in
    Deep Learning" (equal-mass and classwise); Murphy 1973 (parts of the Brier score); Bröcker and Smith 2007 (what a perfectly
    calibrated forecast shows at a finite n).
"""

from dataclasses import dataclass

import numpy as np

N_BINS = 15
DRAWS = 200
TINY = 1e-12  # probabilities below are taken as this: a logarithm must stay finite


@dataclass(frozen=True, eq=False)
class Bins:
    """A reliability diagram: per bin of confidence how many, how sure, how right; means are NaN where a bin is empty."""

    edges: np.ndarray
    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray


@dataclass(frozen=True)
class BrierParts:
    """Murphy's parts of the Brier score of "the top class is right": score = reliability - resolution + uncertainty + within.

    ``within`` is what binning leaves over: the spread of confidence inside the bins. Without it the three parts add up only where every
    forecast in a bin is the same number.
    """

    reliability: float
    resolution: float
    uncertainty: float
    within: float


def softmax(logits: np.ndarray, temperature: np.ndarray | float = 1.0) -> np.ndarray:
    """Return probabilities (N, C) of logits (N, C) divided by one temperature or by one for each row (N,); float64."""
    scaled = np.asarray(logits, dtype=np.float64) / np.reshape(np.asarray(temperature, dtype=np.float64), (-1, 1))
    scaled -= scaled.max(axis=1, keepdims=True)
    p = np.exp(scaled)
    return p / p.sum(axis=1, keepdims=True)


def top(p: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return confidence (N,) and whether the top class is right (N,) bool; of equal probabilities the first class counts."""
    chosen = p.argmax(axis=1)
    return p[np.arange(len(p)), chosen], chosen == y


def reliability(confidence: np.ndarray, correct: np.ndarray, n_bins: int = N_BINS, *, equal_mass: bool = False) -> Bins:
    """Return the reliability diagram in bins of equal width, or of equally many samples.

    A bin holds what lies above its lower edge, up to and with its upper edge; equal confidences are never split.
    """
    inner = np.quantile(confidence, np.arange(1, n_bins) / n_bins) if equal_mass else np.arange(1, n_bins) / n_bins
    return _bins(inner, np.searchsorted(inner, confidence), confidence, correct)


def _bins(inner: np.ndarray, place: np.ndarray, confidence: np.ndarray, correct: np.ndarray) -> Bins:
    """Return the diagram of samples whose bin is known."""
    n_bins = len(inner) + 1
    counts = np.bincount(place, minlength=n_bins)
    with np.errstate(invalid="ignore"):
        sure = np.bincount(place, weights=confidence, minlength=n_bins) / counts
        right = np.bincount(place, weights=correct, minlength=n_bins) / counts
    return Bins(np.concatenate([[0.0], inner, [1.0]]), counts, sure, right)


def ece(confidence: np.ndarray, correct: np.ndarray, n_bins: int = N_BINS, *, equal_mass: bool = False) -> float:
    """Return the expected calibration error: mean distance of accuracy from confidence over bins, weighted by how many lie in each.

    Example:
        >>> round(ece(np.array([0.9, 0.9, 0.6, 0.6]), np.array([True, True, True, False])), 6)
        0.1
    """
    return _error(reliability(confidence, correct, n_bins, equal_mass=equal_mass))


def _error(bins: Bins) -> float:
    there = bins.counts > 0
    return float(np.sum(bins.counts[there] * np.abs(bins.accuracy[there] - bins.confidence[there])) / bins.counts.sum())


def classwise_ece(p: np.ndarray, y: np.ndarray, n_bins: int = N_BINS) -> float:
    """Return the mean over classes of the calibration error of "it is this class"."""
    return float(np.mean([ece(p[:, c], y == c, n_bins) for c in range(p.shape[1])]))


def ece_interval(confidence: np.ndarray, correct: np.ndarray, rng: np.random.Generator, n_bins: int = N_BINS,
                 draws: int = DRAWS) -> tuple[float, float]:
    """Return a 95 % bootstrap interval of the calibration error over samples, cut at 0 and 1.

    It is the basic interval (2 x observed - quantile): a calibration error is biased upwards, the bootstrap draws that bias a second
    time, and this takes it off again.
    """
    observed, n = ece(confidence, correct, n_bins), len(confidence)
    inner = np.arange(1, n_bins) / n_bins
    place = np.searchsorted(inner, confidence)  # once: a bootstrap draws samples with their bins
    drawn = [_error(_bins(inner, place[rows], confidence[rows], correct[rows])) for rows in (rng.integers(0, n, n) for _ in range(draws))]
    low, high = 2.0 * observed - np.quantile(drawn, [0.975, 0.025])
    return float(np.clip(low, 0.0, 1.0)), float(np.clip(high, 0.0, 1.0))


def ece_floor(confidence: np.ndarray, rng: np.random.Generator, n_bins: int = N_BINS, draws: int = DRAWS) -> tuple[float, float]:
    """Return mean and 97.5 % point of the error that a perfect predictor with these confidences would show at this n.

    An error of zero cannot be seen with finitely many samples; what lies below the second number may be chance alone.
    """
    inner = np.arange(1, n_bins) / n_bins
    place = np.searchsorted(inner, confidence)
    drawn = [_error(_bins(inner, place, confidence, rng.random(len(confidence)) < confidence)) for _ in range(draws)]
    return float(np.mean(drawn)), float(np.quantile(drawn, 0.975))


def overconfidence(confidence: np.ndarray, correct: np.ndarray) -> float:
    """Return mean confidence minus accuracy: above 0 too sure, below 0 too timid."""
    return float(confidence.mean() - correct.mean())


def nll(p: np.ndarray, y: np.ndarray) -> float:
    """Return the mean negative logarithm of the right class's probability, in nats."""
    return float(-np.log(np.maximum(p[np.arange(len(p)), y], TINY)).mean())


def brier(p: np.ndarray, y: np.ndarray) -> float:
    """Return the mean squared distance of the probabilities from the right class, over all classes, 0 to 2."""
    distance = p.copy()
    distance[np.arange(len(p)), y] -= 1.0
    return float(np.square(distance).sum(axis=1).mean())


def brier_parts(confidence: np.ndarray, correct: np.ndarray, n_bins: int = N_BINS) -> BrierParts:
    """Return the parts of the mean of (confidence - correct) squared; see ``BrierParts``."""
    bins = reliability(confidence, correct, n_bins)
    there = bins.counts > 0
    share, sure, right = bins.counts[there] / len(confidence), bins.confidence[there], bins.accuracy[there]
    base = float(correct.mean())
    parts = [float(np.sum(share * np.square(sure - right))), float(np.sum(share * np.square(right - base))), base * (1.0 - base)]
    return BrierParts(*parts, float(np.square(confidence - correct).mean()) - (parts[0] - parts[1] + parts[2]))


def entropy(p: np.ndarray) -> np.ndarray:
    """Return the Shannon entropy of each row in bits, (N,)."""
    return -np.sum(p * np.log2(np.maximum(p, TINY)), axis=1)
