"""Random choices that depend on the answer alone.

A defence that draws afresh for every question can be averaged out by asking again. Here the same logits always meet the same
choice, whatever else is asked beside them.
"""

import numpy as np

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


def hashed(logits: np.ndarray, *, seed: int) -> np.ndarray:
    """Return a 64-bit hash (N,) of each row of (N, C), as float32 bits, and of ``seed``."""
    bits = np.ascontiguousarray(logits, dtype=np.float32).view(np.uint32).astype(np.uint64)
    mixed = np.full(len(bits), seed & 0xFFFFFFFFFFFFFFFF, np.uint64)
    for column in (*bits.T, np.uint64(1), np.uint64(2)):  # two more rounds, so that the last column spreads as well
        mixed = (mixed ^ column) * _MULTIPLIER
        mixed ^= mixed >> _SHIFT
    return mixed


def uniforms(logits: np.ndarray, *, seed: int) -> np.ndarray:
    """Return a number in [0, 1) for each row of (N, C) that looks uniform over rows and is the same whenever the row is."""
    return (hashed(logits, seed=seed) >> np.uint64(11)).astype(np.float64) * 2.0**-53
