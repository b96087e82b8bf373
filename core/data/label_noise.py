"""Wrong labels on purpose."""

import numpy as np

from core.lab.errors import InputError


def flip_labels(
    y_true: np.ndarray, share: float, n_classes: int, rng: np.random.Generator, *, only_class: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return labels of which a share is wrong, and which ones: (labels int64 (N,), flipped bool (N,)).

    Each flipped label is replaced by one of the other classes, all equally likely.

    Args:
        y_true: Right labels, int (N,), 0 to n_classes - 1.
        share: Share of the samples that are flipped, of the samples of ``only_class`` where that is given; 0 <= share < 1.
        n_classes: Number of classes.
        rng: Draws the samples and their wrong labels.
        only_class: Flip labels of this class alone.

    Raises:
        InputError: If the share is outside its range, or the class does not occur.
    """
    if not 0.0 <= share < 1.0:
        raise InputError(f"The share of wrong labels must be at least 0 and below 1, got {share:g}.")
    candidates = np.arange(len(y_true)) if only_class is None else np.flatnonzero(y_true == only_class)
    if not len(candidates):
        raise InputError(f"Wrong labels need samples of class {only_class}, got none.")
    chosen = rng.choice(candidates, size=round(share * len(candidates)), replace=False)
    labels = np.array(y_true, dtype=np.int64)
    labels[chosen] = (labels[chosen] + rng.integers(1, n_classes, size=len(chosen))) % n_classes
    flipped = np.zeros(len(labels), dtype=bool)
    flipped[chosen] = True
    return labels, flipped
