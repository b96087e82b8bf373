"""Sizes of an audit that data which somebody brings allow. Imports no torch."""

from core.data.sources import load
from core.lab.config import Config
from core.privacy.data_rules import FEWEST_TESTED, TRAINING_IMAGES
from core.subjects.given import is_given

FEWEST_POOL, FEWEST_POPULATION = 100, 50


def fit(config: Config) -> dict[str, int]:
    """Return pool, population and batch that fit the training images; nothing for known data, or where too few images are left.

    The pool takes one and a half times its size, since defences draw as many further images; the batch keeps eight steps in an epoch.
    """
    if is_given(getattr(config, "model", "")):
        return _beside_given(config)
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


def _beside_given(config: Config) -> dict[str, int]:
    """Return sizes for a given network: half of the pool are training images, half are test images, and strangers are test images."""
    data = load(config.dataset)
    tested = len(data.x_test) - FEWEST_TESTED
    population = min(config.n_population, max(FEWEST_POPULATION, tested // 3))
    pool = 2 * min(config.n_pool // 2, len(data.x_train) // 2, tested - population)
    if pool < FEWEST_POOL:
        return {}
    batch = min(config.batch_size, max(8, pool // 16))
    return {"n_pool": pool, "n_population": population, "batch_size": batch} if pool < config.n_pool or population < config.n_population \
        else {}
