"""How long one training takes. Imports no torch."""

from core.spurious.config import SpuriousConfig
from core.training.cost import training_seconds


def one_training(config: SpuriousConfig) -> float:
    """Return the reference seconds of one training on all images, its share of all cores counted."""
    n_classes = 2 if config.classes == "pair" else 10
    return training_seconds(config.model, config.width, n_classes * config.n_train * config.epochs)
