"""How a model wants its pixels: the scale of the values, the axis of the channels, the size. Pure NumPy, uint8 (N, H, W, C) in."""

from collections.abc import Callable
from types import MappingProxyType

import numpy as np
from PIL import Image

from core.lab.errors import InputError

MEAN, SPREAD = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)  # of ImageNet

SCALES: MappingProxyType[str, tuple[str, Callable[[np.ndarray], np.ndarray]]] = MappingProxyType({
    "house": ("minus a half, times four", lambda x: (x / np.float32(255) - np.float32(0.5)) * np.float32(4)),
    "one": ("from 0 to 1", lambda x: x / np.float32(255)),
    "two": ("from -1 to 1", lambda x: x / np.float32(127.5) - np.float32(1)),
    "imagenet": ("by ImageNet's mean and spread", lambda x: (x / np.float32(255) - _channels(MEAN, x)) / _channels(SPREAD, x)),
    "bytes": ("from 0 to 255", lambda x: x.astype(np.float32)),
})
"""Names of a scale, what it does in words, and floats from bytes."""


def _channels(of: np.ndarray, images: np.ndarray) -> np.ndarray:
    return of if images.shape[-1] == 3 else of.mean(keepdims=True)


def fitted(images: np.ndarray, channels: int | None, size: tuple[int, int] | None, notes: list[str]) -> np.ndarray:
    """Return uint8 images with the channels and size that a model wants; None wants nothing. A note tells what was changed.

    Args:
        images: uint8 (N, H, W, C) with one or three channels.
        channels: 1 or 3.
        size: Height and width.
        notes: Grows by a clause for each change, once.

    Raises:
        InputError: If a model wants other than one or three channels.
    """
    if channels not in (None, 1, 3):
        raise InputError(f"a model of images must take 1 or 3 channels, got one that takes {channels}: choose another.")
    told = []
    if channels == 3 and images.shape[-1] == 1:
        images = np.repeat(images, 3, axis=-1)
        told.append("grey images were repeated to three channels")
    elif channels == 1 and images.shape[-1] == 3:
        images = np.round(images @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)[..., None]
        told.append("colours became grey")
    if size is not None and images.shape[1:3] != size:
        told.append(f"images of {images.shape[1]} x {images.shape[2]} were resized to {size[0]} x {size[1]}")
        images = np.stack([_resized(image, size) for image in images])
    notes += [note for note in told if note not in notes]
    return images


def _resized(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    grey = image.shape[-1] == 1
    made = np.asarray(Image.fromarray(image[..., 0] if grey else image).resize(size[::-1], Image.Resampling.BILINEAR))
    return made[..., None] if grey else made
