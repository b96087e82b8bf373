"""Whether the data that a config names is large enough, and its content hash. Imports no torch."""

from types import MappingProxyType

from core.data.dataset import ImageDataset
from core.data.sources import BUNDLED, fingerprint, load
from core.lab.errors import InputError
from core.privacy.config import PrivacyConfig
from core.subjects.given import is_given, with_model

TRAINING_IMAGES = MappingProxyType({BUNDLED: 20_000, "mnist": 60_000, "cifar10": 50_000, "cifar100": 50_000, "svhn": 73_257})
FEWEST_TESTED = 20  # test images that nothing else takes, for accuracy


def data_fingerprint(config: PrivacyConfig) -> str:
    """Return the content hash of the data that a config names.

    Data that a user brings is read and checked whole, so that a fault is told before anything is written.

    Raises:
        InputError: If the data is missing, breaks a rule, or is too small for the pool and the population.
    """
    if is_given(config.model):
        data = load(config.dataset)
        check_given(data, config)
        return with_model(data.fingerprint, config.model, data)
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


def check_given(data: ImageDataset, config: PrivacyConfig) -> None:
    """Refuse data too small for the audit of a given network, whose members are training images and whose others are test images.

    Raises:
        InputError: If either part has too few.
    """
    tested = config.n_pool // 2 + config.n_population + FEWEST_TESTED
    if config.n_pool > len(data.x_train) or tested > len(data.x_test):
        raise InputError(f"a given model's members are training images and its others are test images: n_pool must be at most the "
                         f"{len(data.x_train)} training images, and half of n_pool plus n_population plus {FEWEST_TESTED} at most the "
                         f"{len(data.x_test)} test images, got {config.n_pool} and {config.n_population}: lower them.")
