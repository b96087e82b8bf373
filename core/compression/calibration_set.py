"""Which training samples calibrate a network before it is rounded. Imports no torch."""

from typing import Literal

import numpy as np

from core.lab.errors import InputError

CalibrationSet = Literal["natural", "balanced", "majority"]


def calibration_rows(groups: np.ndarray, n: int, kind: CalibrationSet, rng: np.random.Generator) -> np.ndarray:
    """Return which ``n`` of the training samples calibrate, ascending and each at most once.

    ``natural`` draws at random, ``balanced`` equally many of every group (one more of the first where ``n`` asks for it),
    ``majority`` from the largest group alone.

    Args:
        groups: Group of each training sample, int (N,).
        n: How many.
        kind: Which samples.
        rng: Draws them.

    Raises:
        InputError: If there are too few samples.
    """
    names, counts = np.unique(groups, return_counts=True)
    if kind == "natural":
        wanted = {"all groups together": (np.arange(len(groups)), n)}
    elif kind == "majority":
        wanted = {"the largest group": (np.flatnonzero(groups == names[counts.argmax()]), n)}
    else:
        wanted = {f"group {name}": (np.flatnonzero(groups == name), n // len(names) + (place < n % len(names)))
                  for place, name in enumerate(names)}
    chosen = []
    for where, (candidates, share) in wanted.items():
        if len(candidates) < share:
            raise InputError(f"{kind} calibration on {n} samples needs {share} of {where}, got {len(candidates)}: "
                             "calibrate on fewer samples.")
        chosen.append(rng.choice(candidates, share, replace=False))
    return np.sort(np.concatenate(chosen))
