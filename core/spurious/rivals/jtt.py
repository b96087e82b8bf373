"""JTT, "just train twice": images that a briefly trained network gets wrong count several times in a second training.

It is told no groups. It works where the images that contradict the cue are among the early errors; the images that teach a cue
nobody contradicts in training are not.

Source: Liu et al. 2021, "Just Train Twice: Improving Group Robustness without Training Group Information", algorithm 1. The second
training weights the loss instead of repeating the images, so that it takes as many steps as plain training.
"""

import numpy as np
import torch

from core.lab.errors import InputError
from core.spurious.rivals.routines import weighted_routine
from core.training.loop import Routine


def error_set(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return which images the first, short training gets wrong, boolean (N,), from its logits (N, C) and the labels (N,)."""
    return np.asarray(logits).argmax(axis=1) != np.asarray(y)


def jtt_routine(errors: np.ndarray, upweight: float) -> Routine:
    """Return the second training: an image of the error set, boolean (N,), counts ``upweight`` times.

    Raises:
        InputError: If ``upweight`` is below 1.
    """
    if upweight < 1:
        raise InputError(f"the weight of JTT's error set must be at least 1, got {upweight:g}: 5 to 100 are usual.")
    return weighted_routine(torch.from_numpy(np.where(errors, float(upweight), 1.0)))
