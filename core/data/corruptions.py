"""Corruptions: the same photographs under worse conditions, at five levels. Pure functions over uint8 images (N, H, W, C).

What is drawn at random comes from a generator that the caller hands over, so that a level and a seed name one stream. Lengths (the
width of a blur, the size of a block) are told for images of 28 pixels and grow with the image. Values are clipped to 0 to 255.

Source:
    Hendrycks and Dietterich 2019, "Benchmarking Neural Network Robustness to Common Corruptions and Perturbations", for the kinds;
    levels are our own, chosen so that a small network on 28 x 28 images loses a little at level 1 and most at level 5.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from core.lab.errors import InputError

LEVELS = (1, 2, 3, 4, 5)
SIDE = 28.0  # pixels, what lengths are told for
CHUNK = 2048  # images at a time: floats take four to eight times the memory of the bytes


@dataclass(frozen=True)
class Corruption:
    """One kind of corruption.

    Attributes:
        title: Its name on screen.
        help: What it does, in one sentence.
        levels: The strength at levels 1 to 5.
        write: Takes images as floats from 0 to 1 (N, H, W, C), a strength and a generator; returns floats of that shape.
    """

    title: str
    help: str
    levels: tuple[float, float, float, float, float]
    write: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]


def corrupt(images: np.ndarray, name: str, level: int, rng: np.random.Generator) -> np.ndarray:
    """Return corrupted copies of uint8 images (N, H, W, C); level 0 returns them as they are.

    Args:
        images: uint8 (N, H, W, C) with one or three channels.
        name: One of ``CORRUPTIONS``.
        level: 0 (clean) to 5 (worst).
        rng: Draws whatever is random; kinds without chance leave it untouched.

    Raises:
        InputError: If the name is unknown, the level is not a whole number from 0 to 5, or the images are not uint8 (N, H, W, C).
    """
    check_corruption(name, level)
    if images.dtype != np.uint8 or images.ndim != 4:
        raise InputError(f"images to corrupt must be uint8 of shape (N, H, W, C), got {images.dtype} of shape {images.shape}.")
    if level == 0:
        return images.copy()
    kind, changed = CORRUPTIONS[name], np.empty_like(images)
    for start in range(0, len(images), CHUNK):
        part = images[start:start + CHUNK].astype(np.float32) / 255.0
        changed[start:start + CHUNK] = np.rint(255.0 * np.clip(kind.write(part, kind.levels[level - 1], rng), 0.0, 1.0))
    return changed


def check_corruption(name: str, level: int = 1) -> None:
    """Refuse a corruption or a level that there is none of.

    Raises:
        InputError: See ``corrupt``.
    """
    if name not in CORRUPTIONS:
        raise InputError(f"a corruption must be one of {', '.join(CORRUPTIONS)}, got {name!r}.")
    if isinstance(level, bool) or not isinstance(level, int | np.integer) or not 0 <= level <= 5:
        raise InputError(f"the level of a corruption must be a whole number from 0 (clean) to 5 (worst), got {level!r}.")


def _gaussian(x: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return x + strength * rng.standard_normal(x.shape, dtype=np.float32)


def _salt_and_pepper(x: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """A pixel is hit in all its channels at once: black and white dots, also on colour images."""
    draw = rng.random((*x.shape[:3], 1), dtype=np.float32)
    return np.where(draw < strength / 2, 0.0, np.where(draw < strength, 1.0, x))


def _shot(x: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Light comes in counts; ``strength`` is how many of them white is worth."""
    return rng.poisson(x * strength) / strength


def _impulse(x: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    hit = rng.random(x.shape, dtype=np.float32) < strength
    return np.where(hit, rng.random(x.shape, dtype=np.float32), x)


def _smooth(x: np.ndarray, sigma: float, *, mode: str) -> np.ndarray:
    from scipy.ndimage import gaussian_filter  # here: 13 MB, and a page that reads a config needs none of it

    return gaussian_filter(x, sigma=(0.0, sigma, sigma, 0.0), mode=mode)


def _blur(x: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return _smooth(x, strength * min(x.shape[1:3]) / SIDE, mode="nearest")


def _pixelate(x: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Every block takes its mean; ``strength`` is how many blocks there are along 28 pixels."""
    for axis in (1, 2):
        size = x.shape[axis]
        blocks = max(1, min(size, round(strength * size / SIDE)))
        edges = np.arange(blocks) * size // blocks
        counts = np.diff(np.append(edges, size))
        shape = [1] * x.ndim
        shape[axis] = blocks
        x = np.repeat(np.add.reduceat(x, edges, axis=axis) / counts.reshape(shape), counts, axis=axis)
    return x


def _contrast(x: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    mean = x.mean(axis=(1, 2), keepdims=True)
    return (x - mean) * strength + mean


def _brightness(x: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return x + strength


def _frost(x: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Blend with an icy texture of bright ridges, one for each image; drawn, since the photographs of ImageNet-C do not ship."""
    grain = rng.standard_normal((*x.shape[:3], 1), dtype=np.float32)
    texture = np.zeros_like(grain)
    for width in (0.8, 2.0, 5.0):
        layer = _smooth(grain, width * min(x.shape[1:3]) / SIDE, mode="wrap")
        # the zero lines of smooth noise are winding threads: bright where the layer is near zero, as ice grows in ridges
        texture += np.exp(-np.square(layer / layer.std(axis=(1, 2), keepdims=True)) / 0.3)
    return (1.0 - 0.5 * strength) * x + strength * texture / 3.0


CORRUPTIONS = MappingProxyType({
    "gaussian": Corruption("Gaussian noise", "Adds noise of this spread to every value.", (0.1, 0.2, 0.3, 0.45, 0.6), _gaussian),
    "salt_and_pepper": Corruption(
        "Salt and pepper", "Turns this share of the pixels black or white.", (0.03, 0.08, 0.15, 0.25, 0.4), _salt_and_pepper),
    "shot": Corruption("Shot noise", "Counts light in grains, so many for white.", (40.0, 15.0, 7.0, 3.0, 1.5), _shot),
    "impulse": Corruption(
        "Impulse noise", "Replaces this share of the values by random ones.", (0.05, 0.12, 0.22, 0.35, 0.5), _impulse),
    "blur": Corruption("Blur", "Smooths with a Gaussian of this many pixels.", (0.6, 0.9, 1.2, 1.6, 2.2), _blur),
    "pixelate": Corruption("Pixelation", "Leaves so many blocks along a side.", (18.0, 14.0, 11.0, 8.0, 6.0), _pixelate),
    "contrast": Corruption("Low contrast", "Shrinks every value towards the image's mean.", (0.6, 0.4, 0.25, 0.15, 0.08), _contrast),
    "brightness": Corruption("Brightness", "Adds light to every value.", (0.1, 0.2, 0.3, 0.45, 0.6), _brightness),
    "frost": Corruption("Frost", "Lays an icy texture over the image.", (0.25, 0.4, 0.55, 0.7, 0.85), _frost),
})
CORRUPTION_TITLES = MappingProxyType({name: kind.title for name, kind in CORRUPTIONS.items()})
