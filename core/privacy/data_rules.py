"""Whether the data that a config names is large enough, and its content hash. Imports no torch."""

from types import MappingProxyType

from core.data.sources import BUNDLED, fingerprint, load
from core.lab.errors import InputError
from core.privacy.config import PrivacyConfig

TRAINING_IMAGES = MappingProxyType({BUNDLED: 20_000, "mnist": 60_000, "cifar10": 50_000, "cifar100": 50_000, "svhn": 73_257})


def data_fingerprint(config: PrivacyConfig) -> str:
    """Return the content hash of the data that a config names.

    Data that a user brings is read and checked whole, so that a fault is told before anything is written.

    Raises:
        InputError: If the data is missing, breaks a rule, or is too small for the pool and the population.
    """
    if config.dataset in TRAINING_IMAGES:
        found, content = TRAINING_IMAGES[config.dataset], ""
    else:
        data = load(config.dataset)
        found, content = len(data.x_train), data.fingerprint
    wanted = config.n_pool + config.n_pool // 2 + config.n_population
    if wanted > found:
        raise InputError(f"one and a half times n_pool, plus n_population, must be at most the {found} training images of "
                         f"{config.dataset}, got {wanted}: lower one of them.")
    return content or fingerprint(config.dataset)
