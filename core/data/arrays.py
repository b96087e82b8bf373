"""The rules that image and label arrays of any source must keep, each broken rule one sentence; and the identity of an image."""

import hashlib

import numpy as np

from core.lab.errors import InputError

SMALLEST_SIDE = 8
MOST_CLASSES = 1000
MOST_BYTES = 4 * 2**30


def check_size(n_bytes: int, where: str) -> None:
    """Refuse data that would not fit: ``n_bytes`` once read must stay below 4 GiB."""
    if n_bytes > MOST_BYTES:
        told = f"{n_bytes >> 30} GiB" if n_bytes < 2**60 else "more than any machine has"  # a header may declare 10**400 images
        raise InputError(f"a data set may take at most 4 GiB in memory, but {where} declares {told}: use fewer images.")


def checked_images(name: str, images: np.ndarray) -> np.ndarray:
    """Return ``images`` as uint8 (N, H, W, C); ``name`` is what messages call them.

    Raises:
        InputError: If dtype, dimensions, channels or size break a rule.
    """
    if images.dtype != np.uint8:
        raise InputError(f"{name} must hold uint8 pixels from 0 to 255, or numbers that are all from 0 to 1, from -1 to 1 or from 0 to "
                         f"255, got {images.dtype}{_span(images)}: bring them to one of these ranges.")
    if images.ndim not in (3, 4):
        raise InputError(
            f"{name} must have shape N x H x W or N x H x W x C, got {images.ndim} dimensions {images.shape}: reshape it."
        )
    images = images[..., None] if images.ndim == 3 else images
    n, height, width, channels = images.shape
    if n == 0:
        raise InputError(f"{name} must hold at least one image, got none: add images.")
    if channels not in (1, 3):
        raise InputError(f"{name} must have 1 or 3 channels as its last axis, got shape {images.shape}: convert to grey or RGB.")
    if min(height, width) < SMALLEST_SIDE:
        raise InputError(
            f"{name} must have sides of at least {SMALLEST_SIDE} pixels, got {height} x {width}: enlarge the images."
        )
    return images


def _span(images: np.ndarray) -> str:
    """Return what values there are, where they can be compared."""
    if images.dtype.kind not in "iuf" or not images.size:
        return ""
    if images.dtype.kind == "f" and (bad := int((~np.isfinite(images)).sum())):
        return f" with {bad} values that are no finite numbers"
    return f" from {images.min():g} to {images.max():g}"


def checked_labels(name: str, labels: np.ndarray, n_images: int) -> np.ndarray:
    """Return ``labels`` as int64 (n_images,), none negative.

    Raises:
        InputError: If dtype, shape or range break a rule.
    """
    if labels.dtype.kind not in "iu":
        raise InputError(f"{name} must hold whole numbers, got {labels.dtype}: convert the labels to integers.")
    if labels.ndim != 1:
        raise InputError(f"{name} must have shape N, got {labels.shape}: give one whole number per image.")
    if len(labels) != n_images:
        raise InputError(
            f"{name} must hold one label per image, got {len(labels)} labels for {n_images} images: make them match."
        )
    if len(labels) and labels.min() < 0:
        raise InputError(f"{name} must count from 0, got {labels.min()}: renumber the labels.")
    if len(labels) and labels.max() > np.iinfo(np.int64).max:
        raise InputError(f"{name} must count from 0 without gaps, got {labels.max()}: renumber the labels.")
    return labels.astype(np.int64)


def check_pair(x_train: np.ndarray, y_train: np.ndarray, x_test: np.ndarray, y_test: np.ndarray) -> int:
    """Return the number of classes of already checked arrays.

    Raises:
        InputError: If image shapes differ, a class is missing from training, or there are fewer than 2 or more than 1000 classes.
    """
    if x_test.shape[1:] != x_train.shape[1:]:
        raise InputError(
            f"x_test must have the image shape of x_train {x_train.shape[1:]}, got {x_test.shape[1:]}: resize the images."
        )
    classes = np.unique(y_train)
    if len(classes) < 2:
        raise InputError(f"y_train must name at least 2 classes, got {len(classes)}: add images of another class.")
    if len(classes) > MOST_CLASSES:
        raise InputError(f"y_train may name at most {MOST_CLASSES} classes, got {len(classes)}: merge or drop classes.")
    if classes[-1] != len(classes) - 1:
        raise InputError(
            f"y_train must use every class from 0 to its largest, got {len(classes)} classes up to {classes[-1]}: "
            "renumber the labels."
        )
    if y_test.max() > classes[-1]:
        raise InputError(f"y_test must name only classes of y_train (0 to {classes[-1]}), got {y_test.max()}: drop those images.")
    return len(classes)


def content_hashes(x: np.ndarray) -> np.ndarray:
    """Return a BLAKE2b hash of each image's shape and bytes, (N,) of 32 hexadecimal digits; equal images hash alike."""
    x = np.ascontiguousarray(x)
    prefix = f"{x.dtype}{x.shape[1:]}".encode()
    return np.array([hashlib.blake2b(prefix + image.tobytes(), digest_size=16).hexdigest() for image in x], dtype="U32")
