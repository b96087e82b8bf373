"""Old data in three parts, as published: half for the model alone, three tenths for retraining, a fifth for both."""

from dataclasses import dataclass

import numpy as np

from core.data.dataset import ImageDataset
from core.lab.errors import InputError
from core.lab.seeds import generator


@dataclass(frozen=True, eq=False)
class Parts:
    """Images and classes of one seed.

    Attributes:
        x_old: What the models are trained on first (N, H, W, C).
        y_old: Their classes.
        x_new: What is shifted and retrained on.
        y_new: Their classes.
        x_test: What is shifted and tested on.
        y_test: Their classes.
    """

    x_old: np.ndarray
    y_old: np.ndarray
    x_new: np.ndarray
    y_new: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def stratified(y: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return the places of about ``n`` samples, equally many of each class as far as there are, in random order.

    Raises:
        InputError: If there are fewer samples than asked for.
    """
    if n > len(y):
        raise InputError(f"the data must hold as many images as are asked for, {n}, got {len(y)}: lower the number of images.")
    classes = np.unique(y)
    orders = [rng.permutation(np.flatnonzero(y == label)) for label in classes]
    ranks = np.concatenate([np.arange(len(order)) + rng.random() for order in orders])
    return rng.permutation(np.concatenate(orders)[np.argsort(ranks, kind="stable")[:n]])


def check_size(data: ImageDataset, n_images: int, n_test: int) -> None:
    """Refuse to draw more images than there are.

    Raises:
        InputError: If the data hold too few.
    """
    for name, wanted, there in (("n_images", n_images, len(data.y_train)), ("n_test", n_test, len(data.y_test))):
        if wanted > there:
            raise InputError(f"{name} must be at most the {there:,} images of the old data, got {wanted:,}: lower it.")


def divide(data: ImageDataset, n_images: int, n_test: int, seed: int) -> Parts:
    """Return the parts of one seed, every class spread over them alike.

    Raises:
        InputError: If the data hold too few images.
    """
    chosen = stratified(data.y_train, n_images, generator(seed, "images"))
    shares = np.zeros(len(chosen))
    for label in np.unique(data.y_train[chosen]):
        mine = np.flatnonzero(data.y_train[chosen] == label)
        shares[mine] = (np.arange(len(mine)) + 0.5) / len(mine)
    old, new = chosen[(shares < 0.5) | (shares >= 0.8)], chosen[shares >= 0.5]
    test = stratified(data.y_test, n_test, generator(seed, "test images"))
    return Parts(data.x_train[old], data.y_train[old], data.x_train[new], data.y_train[new], data.x_test[test], data.y_test[test])


def check_same_classes(old: ImageDataset, new: ImageDataset) -> None:
    """Refuse new data that a class-wise index cannot be computed on.

    Raises:
        InputError: If shapes or classes differ.
    """
    if old.x_train.shape[1:] != new.x_train.shape[1:]:
        raise InputError(f"new images must have the shape of old ones {old.x_train.shape[1:]}, got {new.x_train.shape[1:]}: resize them.")
    counts = [len(np.unique(data.y_train)) for data in (old, new)]
    if counts[0] != counts[1]:
        raise InputError(
            f"new data must have the {counts[0]} classes of the old data, got {counts[1]}: a class-wise index compares class by class; "
            "for other classes run retraining_tasks.")
