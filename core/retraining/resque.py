"""RESQUE for distribution shift: by how much class means turn when the data shift.

Source: arXiv 2412.15511, released code: sums of one layer's outputs over each class, clean and shifted, and the angle between them.
"""

import numpy as np

from core.lab.errors import InputError


def class_angles(clean: np.ndarray, y_clean: np.ndarray, new: np.ndarray, y_new: np.ndarray) -> np.ndarray:
    """Return the angle between the summed outputs of each class in clean and in new data, as a share of half a turn, (C,).

    The samples need not be the same, nor equally many: a sum's direction is its mean's.

    Args:
        clean: Outputs of one layer on clean samples, (N, D), averaged over positions.
        y_clean: Their classes.
        new: The same for new samples, (M, D).
        y_new: Their classes; a class-wise index needs every class of ``y_clean`` and no other.

    Raises:
        InputError: If classes differ or outputs are not finite.

    Example:
        >>> class_angles(np.eye(2), np.array([0, 1]), np.eye(2)[::-1], np.array([0, 1])).tolist()
        [0.5, 0.5]
    """
    check_outputs("old", clean)
    check_outputs("new", new)
    classes, found = np.unique(y_clean), np.unique(y_new)
    if not np.array_equal(classes, found):
        raise InputError(
            f"a class-wise index needs the same classes in old and new data, got {len(classes)} and {len(found)} (of which "
            f"{len(np.intersect1d(classes, found))} are shared): keep the shared classes, or take the index for tasks.")
    angles = []
    for label in classes:
        first, second = (_direction(x[y == label]) for x, y in ((clean, y_clean), (new, y_new)))
        angles.append(np.arccos(np.clip(first @ second, -1.0, 1.0)) / np.pi)
    return np.array(angles)


def shift_index(clean: np.ndarray, y_clean: np.ndarray, new: np.ndarray, y_new: np.ndarray) -> float:
    """Return RESQUE: the mean over classes of ``class_angles``; 0 for the same data, 1/2 for right angles, 1 for opposite ones."""
    return float(class_angles(clean, y_clean, new, y_new).mean())


def check_outputs(name: str, outputs: np.ndarray) -> None:
    """Refuse outputs of a layer that are no (N, D) of finite numbers.

    Raises:
        InputError: If they are not.
    """
    if outputs.ndim != 2 or not len(outputs):
        raise InputError(f"the {name} features must have shape samples x features, got {outputs.shape}: flatten them.")
    if bad := int((~np.isfinite(outputs)).any(1).sum()):
        raise InputError(f"the {name} features must be finite, got {bad} of {len(outputs)} samples that are not: drop or repair them.")


def _direction(outputs: np.ndarray) -> np.ndarray:
    total = outputs.astype(np.float64).sum(0)
    length = np.linalg.norm(total)
    if length == 0:  # nothing answers to this class, as with dead units: no direction, so at right angles to everything
        return np.zeros_like(total)
    return total / length
