"""The images of a run: training, validation and test, drawn once a seed."""

from dataclasses import dataclass

import numpy as np

from core.data.dataset import ImageDataset
from core.lab.errors import InputError
from core.lab.seeds import generator


@dataclass(frozen=True, eq=False)
class Images:
    """Drawn images: ``train`` and ``validation`` come from the training part, ``test`` from the test part; each (x, y)."""

    data: ImageDataset
    train: tuple[np.ndarray, np.ndarray]
    validation: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.data.class_names)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of a network input, (C, H, W)."""
        _, height, width, channels = self.data.x_train.shape
        return channels, height, width


def check_images(data: ImageDataset, *, n_train: int, n_validation: int, n_test: int) -> None:
    """Refuse data that is too small for what is asked of it.

    Raises:
        InputError: If it has one class, too few images, or a class with fewer than two.
    """
    if len(data.class_names) < 2:
        raise InputError(f"distillation needs at least 2 classes, got {len(data.class_names)}: choose data with more.")
    wanted = n_train + n_validation
    if wanted > len(data.x_train):
        raise InputError(f"training and validation images together must be at most {len(data.x_train)}, got {wanted}: lower one.")
    if n_test > len(data.x_test):
        raise InputError(f"n_test must be at most {len(data.x_test)}, got {n_test}: lower it.")
    fewest = int(np.bincount(data.y_train, minlength=len(data.class_names)).min())
    if fewest * n_train < 4 * len(data.y_train):
        raise InputError(f"the rarest class must keep about 4 training images, got {fewest * n_train / len(data.y_train):.1f}: "
                         "raise n_train, or leave that class out.")


def draw_images(data: ImageDataset, seed: int, *, n_train: int, n_validation: int, n_test: int) -> Images:
    """Return ``n_train`` training images, class by class in their shares, ``n_validation`` others and ``n_test`` test images.

    A larger ``n_train`` holds all images of a smaller one, and validation and test images do not depend on it.
    """
    order = generator(seed, "distillation", "training part").permutation(len(data.x_train))
    held, rest = order[:n_validation], order[n_validation:]
    train = rest[_evenly(data.y_train[rest], len(data.class_names))][:n_train]
    test = generator(seed, "distillation", "test part").permutation(len(data.x_test))[:n_test]
    return Images(data, (data.x_train[train], data.y_train[train]), (data.x_train[held], data.y_train[held]),
                  (data.x_test[test], data.y_test[test]))


def _evenly(labels: np.ndarray, n_classes: int) -> np.ndarray:
    """Return an order in which every class is spread evenly, so that each beginning has all classes in their shares."""
    place = np.empty(len(labels))
    for label in range(n_classes):
        mine = np.flatnonzero(labels == label)
        place[mine] = (np.arange(len(mine)) + 0.5) / max(1, len(mine))
    return np.argsort(place, kind="stable")
