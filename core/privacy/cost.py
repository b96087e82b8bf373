"""What an audit amounts to. Imports no torch."""

from core.lab.work import Work
from core.privacy.config import PrivacyConfig
from core.training.cost import training_seconds

OVERHEAD = 1.8  # of recording every model's answers on the pool over plain training


def work_of(config: PrivacyConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    models = config.n_reference_models + 1
    images = models * (config.stop_epoch or config.epochs) * config.n_pool / 2
    return Work(9.0, OVERHEAD * training_seconds(config.model, config.width, images) + models * config.n_pool / 8000)
