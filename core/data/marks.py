"""Marks: a cue written into images on purpose, before any crop or flip, with its strength apart from the share of images that carry it.

On colour images patch, line and frame write the red channel alone, as the published line does. Every mark lies in the same place of
every image.
"""

from types import MappingProxyType

import numpy as np

from core.lab.errors import InputError
from core.lab.seeds import generator

MARGIN = 1  # pixels between a patch and the corner
TINT_SHARE = 0.3  # how far a tint of strength 1 moves a pixel towards its colour
NOISE_LEVELS = 64.0  # largest change by a noise texture of strength 1
MARK_NAMES = ("patch", "line", "tint", "frame", "noise")


def mark_area(name: str, height: int, width: int, size: int) -> np.ndarray:
    """Return which pixels a mark changes, boolean (height, width).

    Args:
        name: One of ``MARK_NAMES``.
        height: Of the image.
        width: Of the image.
        size: Side of the patch, width of the line (in the middle column) and of the frame, in pixels; tint and noise cover all.

    Raises:
        InputError: If the mark is unknown or does not fit into the image.
    """
    if name not in MARK_NAMES:
        raise InputError(f"a mark must be one of {', '.join(MARK_NAMES)}, got {name!r}.")
    most = {"patch": min(height, width) - 2 * MARGIN, "line": width - 1, "frame": (min(height, width) - 1) // 2}.get(name)
    if most is not None and not 1 <= size <= most:
        raise InputError(f"a {name} must be between 1 and {most} pixels wide to fit into images of {height} x {width}, got {size}: "
                         "change mark_size.")
    area = np.ones((height, width), dtype=bool)
    if name == "patch":
        area[:] = False
        area[MARGIN:MARGIN + size, MARGIN:MARGIN + size] = True
    elif name == "line":
        start = width // 2 - (size - 1) // 2
        area[:] = False
        area[:, start:start + size] = True
    elif name == "frame":
        area[size:height - size, size:width - size] = False
    return area


def write_mark(images: np.ndarray, name: str, *, strength: float, size: int) -> np.ndarray:
    """Return marked copies of uint8 images (N, H, W, C).

    Patch, line and frame set their pixels to ``strength`` times 255; a tint moves every pixel by up to 30 % towards red (white on grey
    images); a noise texture adds one fixed pattern of up to 64 grey levels either way, cut at black and white.

    Args:
        images: uint8 (N, H, W, C).
        name: One of ``MARK_NAMES``.
        strength: From 0 to 1. A tint or texture of 0 changes nothing; a patch, line or frame of 0 is black.
        size: See ``mark_area``.

    Raises:
        InputError: If the mark is unknown, does not fit, or its strength lies outside [0, 1].

    Source:
        The red line of 0.75 * 255 through the middle column is that of CIFAR-10S in the code of Mulchandani and Kim 2025.
    """
    if not 0.0 <= strength <= 1.0:
        raise InputError(f"the strength of a mark must lie in [0, 1], got {strength:g}.")
    area = mark_area(name, *images.shape[1:3], size)
    return _WRITERS[name](images, area, strength)


def _write_pixels(images: np.ndarray, area: np.ndarray, strength: float) -> np.ndarray:
    marked = images.copy()
    marked[:, area, 0] = round(255 * strength)
    return marked


def _write_tint(images: np.ndarray, area: np.ndarray, strength: float) -> np.ndarray:
    colour = np.array([255.0] if images.shape[3] == 1 else [255.0, 0.0, 0.0])
    moved = images + TINT_SHARE * strength * (colour - images.astype(np.float64))
    return np.rint(moved).astype(np.uint8)


def _write_noise(images: np.ndarray, area: np.ndarray, strength: float) -> np.ndarray:
    pattern = generator(0, "noise texture").uniform(-NOISE_LEVELS, NOISE_LEVELS, (*area.shape, 1))
    return np.rint(np.clip(images + strength * pattern, 0.0, 255.0)).astype(np.uint8)


_WRITERS = MappingProxyType({
    "patch": _write_pixels, "line": _write_pixels, "frame": _write_pixels, "tint": _write_tint, "noise": _write_noise})
