"""Patch and sizes of a study of LayerNorm that images which somebody brings allow. Imports no torch."""

import math

from core.data.sources import load
from core.lab.config import Config
from core.layernorm.config import TRAINING_IMAGES, is_text

LARGEST_PATCH = 32


def fit(config: Config) -> dict[str, int]:
    """Return the nearest patch that divides the images, and numbers of images that there are; nothing for known data and texts."""
    if is_text(config.data) or config.data in TRAINING_IMAGES:
        return {}
    data = load(config.data)
    side = math.gcd(*data.x_train.shape[1:3])
    divisors = [patch for patch in range(1, min(side, LARGEST_PATCH) + 1) if side % patch == 0]
    found = {}
    if hasattr(config, "patch") and side % config.patch:
        found["patch"] = min(divisors, key=lambda patch: (abs(patch - config.patch), -patch))
    if hasattr(config, "n_train"):
        found["n_train"] = min(config.n_train, len(data.y_train) // 2)
    if hasattr(config, "n_test"):
        found["n_test"] = min(config.n_test, len(data.y_test))
    return found
