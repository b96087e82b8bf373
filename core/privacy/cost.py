"""How long an audit takes, from measured training rates. Imports no torch."""

from core.privacy.config import PrivacyConfig

IMAGES_PER_SECOND = 9_000  # of the small CNN at width 16


def seconds_of(config: PrivacyConfig) -> float:
    """Return the rough time of one seed on two CPU cores, from measured training rates."""
    models = config.n_reference_models + 1
    epochs = config.stop_epoch or config.epochs
    images = models * epochs * config.n_pool / 2
    cost = {"cnn": 1.0, "cnn_groupnorm": 1.3, "mlp": 0.15, "resnet20": 12.0, "resnet18": 160.0}.get(config.model, 160.0)
    scale = (config.width / 16) ** 1.5 if config.model != "mlp" else 1.0
    return 9.0 + images * cost * scale / IMAGES_PER_SECOND + models * config.n_pool / 8000
