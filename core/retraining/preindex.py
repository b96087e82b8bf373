"""PreIndex: representation distance, and how well clusters of the shifted data still fit their classes.

Source: arXiv 2408.01446; the released code stops at the parts. The closing formula is quoted by one public summary, where its two scaling
    terms are not defined: ``reconstructed`` reads them as spread of the samples' distance, and that spread's mean over the shifts.
"""

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from core.retraining.adjusted_rand import adjusted_rand
from core.retraining.arm import BINS, heights_distance
from core.retraining.histograms import own_range
from core.retraining.k_means import centroids_of, clusters


def bhattacharyya(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return one minus the overlap of histograms (N, bins), (N,), as the released code takes it."""
    return 1.0 - np.sqrt(p * q).sum(1)


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return the Jensen-Shannon distance (root of the divergence, natural logarithms) of histograms (N, bins), (N,)."""
    middle = (p + q) / 2
    return np.sqrt(np.maximum(0.0, (_relative(p, middle) + _relative(q, middle)) / 2))


def kullback_leibler(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return the Kullback-Leibler divergence of histograms (N, bins), (N,); 0 where it is infinite, as released."""
    return np.where(((q == 0) & (p > 0)).any(1), 0.0, _relative(p, np.where(q > 0, q, 1.0)))


def _relative(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    return np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0) / np.where(q > 0, q, 1.0)), 0.0).sum(1)


DISTANCES = MappingProxyType({
    "wasserstein": heights_distance, "bhattacharyya": bhattacharyya, "jensen_shannon": jensen_shannon,
    "kullback_leibler": kullback_leibler})


def distances(clean: Sequence[np.ndarray], new: Sequence[np.ndarray], *, bins: int = BINS) -> dict[str, np.ndarray]:
    """Return the representation distance of each paired sample, averaged over layers, (N,), by the name of the distance."""
    histograms = [(own_range(first, bins), own_range(second, bins)) for first, second in zip(clean, new, strict=True)]
    return {name: np.mean([distance(p, q) for p, q in histograms], axis=0) for name, distance in DISTANCES.items()}


def lost_structure(features: np.ndarray, y: np.ndarray, start: np.ndarray | None = None) -> float:
    """Return one minus the adjusted Rand index of the features (N, D), k-means begun at ``start`` or at their classes' own means."""
    return 1.0 - adjusted_rand(clusters(features, centroids_of(features, y) if start is None else start), y)


def reconstructed(distance: float, lost: float, spread: float, mean_spread: float) -> float:
    """Return PreIndex as reconstructed.

    Args:
        distance: Mean representation distance (p).
        lost: One minus the adjusted Rand index of the shifted data.
        spread: Standard deviation over samples of the distance (s).
        mean_spread: Its mean over the compared shifts (s-bar), a constant that centres.
    """
    return (distance + lost) / (1.0 + (distance + lost) * spread) - mean_spread
