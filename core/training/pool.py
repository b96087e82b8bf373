"""The images of a run as tensors on one device, checked once."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.lab.errors import InputError
from core.training.config import TrainingConfig
from core.training.images import on_device, pad_images, padding


@dataclass(frozen=True, eq=False)
class Pool:
    """Training pool and held-out test images on one device.

    Attributes:
        images: uint8 (N, H, W, C).
        labels: int64 (N,).
        padded: The images with a border, when augmentation needs one; otherwise None.
        test_images: uint8 (T, H, W, C), possibly of length 0.
        test_labels: int64 (T,).
        n_classes: Number of logits.
        device: Where the tensors are.
    """

    images: Tensor
    labels: Tensor
    padded: Tensor | None
    test_images: Tensor
    test_labels: Tensor
    n_classes: int
    device: str

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Shape (C, H, W) of a network input."""
        _, height, width, channels = self.images.shape
        return channels, height, width


def make_pool(
    x: np.ndarray,
    y: np.ndarray,
    config: TrainingConfig,
    *,
    n_classes: int,
    device: str,
    x_test: np.ndarray | None = None,
    y_test: np.ndarray | None = None,
) -> Pool:
    """Return the pool of ``x`` uint8 (N, H, W, C) and ``y`` (N,), with a test set when one is given.

    Raises:
        InputError: If shapes, dtypes or labels do not go together.
    """
    x_test = x[:0] if x_test is None else x_test
    y_test = y[:0] if y_test is None else y_test
    _check(x, y, n_classes, "training")
    _check(x_test, y_test, n_classes, "test")
    if x_test.shape[1:] != x.shape[1:]:
        raise InputError(f"test images must have the shape of training images {x.shape[1:]}, got {x_test.shape[1:]}.")
    images = on_device(x, device)
    padded = pad_images(images, padding(*x.shape[1:3])) if config.augmentation == "pad_crop_flip" else None
    labels = torch.from_numpy(y.astype(np.int64)).to(device)
    test_labels = torch.from_numpy(y_test.astype(np.int64)).to(device)
    return Pool(images, labels, padded, on_device(x_test, device), test_labels, n_classes, device)


def _check(x: np.ndarray, y: np.ndarray, n_classes: int, which: str) -> None:
    if x.dtype != np.uint8 or x.ndim != 4:
        raise InputError(f"{which} images must be uint8 of shape (N, H, W, C), got {x.dtype} of shape {x.shape}.")
    if y.shape != x.shape[:1]:
        raise InputError(f"every {which} image needs one label, got {len(x)} images and labels of shape {y.shape}.")
    if len(y) and not (np.issubdtype(y.dtype, np.integer) and y.min() >= 0 and y.max() < n_classes):
        raise InputError(
            f"{which} labels must be whole numbers from 0 to {n_classes - 1}, got {y.min()} to {y.max()} ({y.dtype})."
        )
