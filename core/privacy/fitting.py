"""Sizes of an audit that data which somebody brings allow. Imports no torch."""

from core.data.sources import load
from core.lab.config import Config
from core.privacy.data_rules import TRAINING_IMAGES

FEWEST_POOL, FEWEST_POPULATION = 100, 50


def fit(config: Config) -> dict[str, int]:
    """Return pool, population and batch that fit the training images; nothing for known data, or where too few images are left.

    The pool takes one and a half times its size, since defences draw as many further images; the batch keeps eight steps in an epoch.
    """
    if config.dataset in TRAINING_IMAGES:
        return {}
    n = len(load(config.dataset).x_train)
    if config.n_pool + config.n_pool // 2 + config.n_population <= n:
        return {}
    population = min(config.n_population, max(FEWEST_POPULATION, n // 8))
    pool = min(config.n_pool, 2 * ((n - population) // 3))
    if pool < FEWEST_POOL:
        return {}
    return {"n_pool": pool, "n_population": population, "batch_size": min(config.batch_size, max(8, pool // 16))}
