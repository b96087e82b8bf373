"""The labels that training and validation samples are given, some of them wrong."""

import numpy as np

from core.data.label_noise import flip_labels
from core.lab.errors import InputError
from core.lab.seeds import generator
from core.layernorm.config import LayerNormConfig


def labels_given(y_true: np.ndarray, config: LayerNormConfig, n_classes: int, seed: int) -> np.ndarray:
    """Return labels int64 (N,) of which a share is wrong among training samples (first) and among validation samples (next).

    Args:
        y_true: Right labels of training, validation and test samples, in this order.
        config: Says how many of each there are, and how many labels are wrong.
        n_classes: Number of classes.
        seed: Draws which labels are wrong, and what they become.

    Raises:
        InputError: If no label would be wrong, or the class that is to be mislabelled does not occur.
    """
    given = np.array(y_true, dtype=np.int64)
    parts = {"wrong labels": slice(0, config.n_train),
             "wrong labels, validation": slice(config.n_train, config.n_train + config.n_valid)}
    for stage, part in parts.items():
        given[part], _ = flip_labels(y_true[part], config.noise_share, n_classes, generator(seed, stage),
                                     only_class=config.noise_class if config.noise_class >= 0 else None)
    if (given[:config.n_train] == y_true[:config.n_train]).all():
        raise InputError(f"noise_share must give at least one wrong label, got {config.noise_share:g}: raise it.")
    return given
