"""Test images under six corruptions in turn: every image stands under one of them, so that none counts twice. Imports no torch."""

import numpy as np

from core.data.corruptions import corrupt
from core.lab.seeds import generator

KINDS = ("gaussian", "salt_and_pepper", "blur", "contrast", "pixelate", "brightness")


def drifted(images: np.ndarray, level: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return images uint8 (N, H, W, C) with one corruption each, and which, (N,)."""
    changed, which = images.copy(), kinds_of(len(images))
    for number, name in enumerate(KINDS):
        changed[which == number] = corrupt(images[which == number], name, level, generator(seed, "scorecard", "drift", name))
    return changed, which


def kinds_of(n: int) -> np.ndarray:
    """Return which corruption each of ``n`` images stands under, (n,)."""
    return np.arange(n) // 2 % len(KINDS)
