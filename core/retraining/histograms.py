"""Histograms of a layer's channel means, one per sample: what ARM and PreIndex compare."""

import numpy as np


def own_range(channels: np.ndarray, bins: int) -> np.ndarray:
    """Return the normalised histogram of each sample's channels (N, C) over that sample's own range, (N, bins), as released.

    Example:
        >>> own_range(np.array([[0.0, 1.0, 1.0, 2.0]]), 2).tolist()
        [[0.25, 0.75]]
    """
    low, high = channels.min(1, keepdims=True), channels.max(1, keepdims=True)
    return _counted(channels, low, np.where(high > low, high, low + 1.0), bins)


def common_range(first: np.ndarray, second: np.ndarray, bins: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Return both layers' histograms, (N, bins) each, over one range that holds all their values, and the width of a bin."""
    low, high = min(first.min(), second.min()), max(first.max(), second.max())
    high = high if high > low else low + 1.0
    ends = (np.full((1, 1), low), np.full((1, 1), high))
    return _counted(first, *ends, bins), _counted(second, *ends, bins), float(high - low) / bins


def _counted(channels: np.ndarray, low: np.ndarray, high: np.ndarray, bins: int) -> np.ndarray:
    places = np.clip(((channels - low) / (high - low) * bins).astype(np.int64), 0, bins - 1)  # the upper end belongs to the last bin
    flat = (places + bins * np.arange(len(places))[:, None]).ravel()
    return np.bincount(flat, minlength=bins * len(places)).reshape(-1, bins) / channels.shape[1]
