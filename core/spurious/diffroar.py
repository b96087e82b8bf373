"""Does a map rank informative pixels high? Keep only its top pixels and retrain, keep only its bottom pixels and retrain.

DiffROAR is the accuracy with the top fraction minus the accuracy with the bottom fraction. Above zero the map ranks informative
pixels high; a random map of the same images is the control and gives zero but for chance. What is masked takes the mean pixel of
the training images, and networks are always retrained: a network that never saw masked images would be judged on something new.

Source: Shah, Jain and Netrapalli 2021, "Do Input Gradients Highlight Discriminative Features?", section 3.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.lab.errors import InputError
from core.lab.seeds import generator
from core.training.config import TrainingConfig
from core.training.evaluate import predict_many
from core.training.many import Machine, train_wanted
from core.training.progress import Report
from core.training.wanted import Images, Wanted

KEPT = ("top", "bottom")
RANDOM = "random"


@dataclass(frozen=True, eq=False)
class LabelledMaps:
    """Images, labels, and maps of the same images by name.

    Attributes:
        x: uint8 (N, H, W, C).
        y: Classes (N,).
        maps: (N, H, W) each; the absolute value ranks the pixels.
    """

    x: np.ndarray
    y: np.ndarray
    maps: Mapping[str, np.ndarray]


def random_maps(shape: tuple[int, ...], seed: int, part: str) -> np.ndarray:
    """Return maps that rank the pixels of each image by chance, (N, H, W); ``part`` names the images."""
    return generator(seed, "random maps", part).random(shape, dtype=np.float32)


def keep_pixels(
    x: np.ndarray, maps: np.ndarray, fraction: float, *, kept: str, fill: np.ndarray, ties: np.ndarray
) -> np.ndarray:
    """Return images that keep the top or bottom fraction of their pixels by absolute value of the map; the others take ``fill``.

    Args:
        x: uint8 (N, H, W, C).
        maps: (N, H, W).
        fraction: Kept share of the pixels, in (0, 1); at least one pixel is kept.
        kept: ``top`` or ``bottom``.
        fill: uint8 (C,).
        ties: (N, H, W), orders pixels of equal value, which a map leaves undecided: the darkest have none at all.

    Raises:
        InputError: If the fraction or ``kept`` is outside its range.
    """
    if not 0.0 < fraction < 1.0:
        raise InputError(f"the fraction of pixels kept must lie between 0 and 1, got {fraction:g}.")
    if kept not in KEPT:
        raise InputError(f"kept must be top or bottom, got {kept!r}.")
    n, height, width, channels = x.shape
    count = max(1, round(fraction * height * width))
    order = np.lexsort((ties.reshape(n, -1), -np.abs(maps.reshape(n, -1))), axis=1)
    places = order[:, :count] if kept == "top" else order[:, -count:]
    flat = x.reshape(n, -1, channels)
    masked = np.broadcast_to(fill.astype(np.uint8), flat.shape).copy()
    rows = np.arange(n)[:, None]
    masked[rows, places] = flat[rows, places]
    return masked.reshape(x.shape)


def mean_pixel(x: np.ndarray) -> np.ndarray:
    """Return the mean pixel of uint8 images (N, H, W, C), rounded, uint8 (C,)."""
    return np.round(x.mean(axis=(0, 1, 2))).astype(np.uint8)


def diffroar(
    train: LabelledMaps,
    test: LabelledMaps,
    config: TrainingConfig,
    *,
    fractions: Sequence[float] = (0.1,),
    seed: int,
    n_classes: int,
    device: str = "cpu",
    report: Report | None = None,
    processes: int | None = None,
) -> pd.DataFrame:
    """Return one row per map and fraction: map, fraction, accuracy_top, accuracy_bottom, diffroar (their difference).

    A map named ``random`` is added as the control. Two networks are trained per row, all from the same initial weights and in
    the same order of images, so that rows differ by their pixels alone.

    Args:
        train: Images to retrain on.
        test: Images that accuracy is measured on, masked by maps of their own.
        config: How to retrain.
        fractions: Kept shares of the pixels.
        seed: Seed of the run.
        n_classes: Number of logits.
        device: ``cpu`` or a CUDA device.
        report: Receives progress.
        processes: Forked processes on the CPU; None takes every core.
    """
    seen, asked = _with_control(train, seed, "train"), _with_control(test, seed, "test")
    cases = [(name, fraction, kept) for name in seen.maps for fraction in fractions for kept in KEPT]
    fill = mean_pixel(train.x)
    pool = np.concatenate([_masked(seen, case, fill) for case in cases])
    images = Images(pool, np.tile(train.y, len(cases)), n_classes)
    wanted = [Wanted(row, config) for row in np.repeat(np.eye(len(cases), dtype=bool), len(train.x), axis=1)]
    models = train_wanted(images, wanted, seed=seed, machine=Machine(device, processes, report))
    accuracy = {}
    for case, model in zip(cases, models, strict=True):
        logits, _ = predict_many([model], _masked(asked, case, fill), config, n_classes=n_classes, device=device, processes=1)
        accuracy[case] = float((logits[0].argmax(1) == test.y).mean())
    return _table(accuracy)


def _with_control(images: LabelledMaps, seed: int, part: str) -> LabelledMaps:
    return replace(images, maps={**images.maps, RANDOM: random_maps(images.x.shape[:3], seed, part)})


def _masked(images: LabelledMaps, case: tuple[str, float, str], fill: np.ndarray) -> np.ndarray:
    name, fraction, kept = case
    return keep_pixels(images.x, images.maps[name], fraction, kept=kept, fill=fill, ties=images.maps[RANDOM])


def _table(accuracy: Mapping[tuple[str, float, str], float]) -> pd.DataFrame:
    rows = [(name, fraction, top, accuracy[name, fraction, "bottom"]) for (name, fraction, kept), top in accuracy.items()
            if kept == "top"]  # fmt: skip
    table = pd.DataFrame(rows, columns=["map", "fraction", "accuracy_top", "accuracy_bottom"])
    return table.assign(diffroar=table["accuracy_top"] - table["accuracy_bottom"])
