"""ARM: how far the distribution of activations moves, averaged over samples and layers.

Source: arXiv 2405.09600 (formula); the code it shares with PreIndex. As released, clean and shifted histograms have ranges of their own
and the Wasserstein distance gets the bins' heights as samples, so that where the mass lies plays no part. ``corrected`` puts both
    on common edges, with the bins' places as values and heights as weights, in units of the layer's spread on clean data.
"""

from collections.abc import Sequence

import numpy as np

from core.retraining.histograms import common_range, own_range

BINS = 16


def released(clean: Sequence[np.ndarray], new: Sequence[np.ndarray], *, bins: int = BINS) -> float:
    """Return ARM as released of paired samples; each argument holds the channel means (N, C) of every layer."""
    return float(np.mean([heights_distance(own_range(first, bins), own_range(second, bins)).mean()
                          for first, second in zip(clean, new, strict=True)]))


def corrected(clean: Sequence[np.ndarray], new: Sequence[np.ndarray], *, bins: int = BINS) -> float:
    """Return ARM with common edges, places as values, and each layer's distance in units of its clean spread."""
    layers = []
    for first, second in zip(clean, new, strict=True):
        p, q, width = common_range(first, second, bins)
        spread = float(first.std())
        layers.append(places_distance(p, q, width).mean() / (spread if spread > 0 else 1.0))
    return float(np.mean(layers))


def heights_distance(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return the Wasserstein distance between the *heights* of histograms (N, bins), taken as samples, (N,).

    Example:
        >>> heights_distance(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])).tolist()
        [0.0]
    """
    return np.abs(np.sort(p, axis=1) - np.sort(q, axis=1)).mean(1)


def places_distance(p: np.ndarray, q: np.ndarray, width: float) -> np.ndarray:
    """Return the Wasserstein distance between histograms (N, bins) whose bins are ``width`` wide, (N,).

    Example:
        >>> places_distance(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), 0.5).tolist()
        [0.5]
    """
    return np.abs(np.cumsum(p - q, axis=1)).sum(1) * width
