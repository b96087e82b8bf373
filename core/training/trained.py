"""What training one model leaves behind."""

from dataclasses import dataclass, field

import numpy as np
from torch import Tensor

CURVE_COLUMNS = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """One trained model on the CPU.

    Attributes:
        index: Row of the membership table that it was trained on.
        state: Float32 weights and buffers by name, as ``load_state_dict`` takes them.
        initial_state: The same before the first step (theta_0).
        curves: Arrays (epochs,) named ``epoch`` (from 1) and ``CURVE_COLUMNS``. Training figures are means over the epoch's
            batches as they were met; test figures come from the model after the epoch, in the arithmetic of its training, and
            are NaN in epochs that were not evaluated.
        checkpoint_logits: Float32 logits (N, C) of the whole pool after the epoch that is the key.
        seconds: Wall time of its training; models trained in one batched computation share the time equally.
    """

    index: int
    state: dict[str, Tensor]
    initial_state: dict[str, Tensor]
    curves: dict[str, np.ndarray]
    seconds: float
    checkpoint_logits: dict[int, np.ndarray] = field(default_factory=dict)


def curves_from(table: np.ndarray) -> dict[str, np.ndarray]:
    """Return named curves from a table (epochs, len(CURVE_COLUMNS))."""
    named = {name: table[:, column].copy() for column, name in enumerate(CURVE_COLUMNS)}
    return {"epoch": np.arange(1, len(table) + 1), **named}


def curve_epochs(last_epoch: int, points: int) -> frozenset[int]:
    """Return the epochs (from 1) after which the test set is evaluated: about ``points``, evenly spaced, always the last."""
    return frozenset(int(epoch) for epoch in np.unique(np.linspace(last_epoch, 1, min(points, last_epoch)).round()))
