"""Patch and sizes of a study of LayerNorm that images which somebody brings allow. Imports no torch."""

import math

from core.data.sources import load
from core.data.texts import BUNDLED, load_texts
from core.lab.config import Config
from core.layernorm.config import TRAINING_IMAGES, is_text

LARGEST_PATCH = 32


def fit(config: Config) -> dict[str, int]:
    """Return the nearest patch that divides the images, and numbers of images or texts that there are; nothing for known data."""
    if is_text(config.data):
        return {} if config.data == BUNDLED else _of_texts(config)
    if config.data in TRAINING_IMAGES:
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


def _of_texts(config: Config) -> dict[str, int]:
    """Return training and test texts in the proportion that was asked for, where all parts are more than there is.

    Validation texts follow from the training texts, see ``LayerNormConfig.n_valid``.
    """
    n, valid = len(load_texts(config.data).texts), getattr(config, "n_valid", 0)
    total = config.n_train + valid + config.n_test
    if total <= n:
        return {}
    fewer = config.replace(n_train=config.n_train * n // total)
    return {"n_train": fewer.n_train, "n_test": min(config.n_test, n - fewer.n_train - getattr(fewer, "n_valid", 0))}
