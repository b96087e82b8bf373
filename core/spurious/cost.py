"""How long one training takes, from measured rates. Imports no torch."""

from core.spurious.config import SpuriousConfig

IMAGES_PER_SECOND = 16_000  # small CNN of width 16, bfloat16, both cores
COST = {"cnn": 1.0, "cnn_groupnorm": 1.3, "mlp": 0.15, "resnet20": 12.0, "resnet18": 160.0}


def training_seconds(config: SpuriousConfig) -> float:
    """Return the rough time of one training on all images, its share of two cores counted."""
    n_classes = 2 if config.classes == "pair" else 10
    scale = (config.width / 16) ** 1.5 if config.model != "mlp" else 1.0
    return n_classes * config.n_train * config.epochs * COST.get(config.model, 160.0) * scale / IMAGES_PER_SECOND
