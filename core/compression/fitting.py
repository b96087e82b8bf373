"""Sizes of a study of compression that data which somebody brings allow. Imports no torch."""

import numpy as np

from core.compression.cohorts import check
from core.data.sources import load
from core.lab.config import Config
from core.lab.errors import InputError

KNOWN = ("fashion-mnist", "adult", "mnist", "cifar10", "svhn")
STEPS, SHRINK, FEWEST = 30, 0.85, 200


def fit(config: Config) -> dict[str, int]:
    """Return numbers of images that fit the smallest group; nothing for known data.

    Test images come first, since they are counted; then training images are lowered until a long tail of them can be drawn, and
    calibration takes at most a quarter of them.

    Raises:
        InputError: If no number does.
    """
    if config.dataset in KNOWN:
        return {}
    data = load(config.dataset)
    groups = data.y_test if data.attribute_test is None else data.attribute_test
    tested = int(np.bincount(groups)[np.unique(groups)].min())
    n_train = min(config.n_train, len(data.y_train))
    last = InputError(f"training needs at least {FEWEST} images, got {n_train}: add images.")
    for _ in range(STEPS):
        wanted = {"n_train": n_train, "n_test": min(config.n_test, tested)}
        if hasattr(config, "n_calibration"):
            wanted["n_calibration"] = min(config.n_calibration, max(16, n_train // 4))
        if hasattr(config, "batch_size"):
            wanted["batch_size"] = min(config.batch_size, max(8, n_train // 16))
        try:
            check(data, config.replace(**wanted))
        except InputError as error:
            n_train, last = int(n_train * SHRINK), error if n_train >= FEWEST else last
            continue
        return wanted
    raise last
