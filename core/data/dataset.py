"""The one shape in which every image data set reaches an experiment."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class ImageDataset:
    """Images and labels of one source, checked.

    Attributes:
        source: The text that names it, such as ``fashion-mnist`` or ``npz:photos.npz``.
        title: Its name on screen.
        x_train: Training images, uint8 (N, H, W, C) with one or three channels.
        y_train: Their classes, int64 (N,), 0 to C - 1; every class occurs.
        x_test: Test images of the same shape.
        y_test: Their classes; not every class need occur.
        class_names: Name of each class.
        fingerprint: Hash of the content, hexadecimal; what results are keyed by.
        licence: Under which terms the images may be used; empty where unknown.
        attribute_train: A further whole number per training image (group, background, ...), or None.
        attribute_test: The same for the test images.
        attribute_names: What each of these numbers stands for, from 0 on; empty where that is not known.
        notes: What was changed on reading, a clause each.
    """

    source: str
    title: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]
    fingerprint: str
    licence: str
    attribute_train: np.ndarray | None = None
    attribute_test: np.ndarray | None = None
    attribute_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
