"""The images of a seed: what the network learns from, what stays at home, and every stream, clean and shifted."""

from dataclasses import dataclass

import numpy as np

from core.calibration.stream import check_stream, order_of
from core.calibration.study.config import CalibrationConfig
from core.data.corruptions import corrupt
from core.data.dataset import ImageDataset
from core.lab.errors import InputError
from core.lab.seeds import generator


@dataclass(frozen=True, eq=False)
class Scene:
    """One seed's images.

    Attributes:
        train: Images (N, H, W, C) and classes (N,) to learn from.
        home: The same, unseen and unshifted.
        streams: For each condition (corruption, level): images in the order of the stream, and their classes.
    """

    train: tuple[np.ndarray, np.ndarray]
    home: tuple[np.ndarray, np.ndarray]
    streams: dict[tuple[str, int], tuple[np.ndarray, np.ndarray]]


def draw(data: ImageDataset, config: CalibrationConfig, seed: int) -> Scene:
    """Return the images of a seed; every level of every corruption shows the same test images in the same order.

    Raises:
        InputError: If there are too few images, or a stream that nothing can be learned from.
    """
    is_own = config.shift == "test_set"
    wanted = config.n_train + config.n_home + (config.n_stream if is_own else 0)
    if wanted > len(data.y_train):
        names = "n_train, n_home and n_stream" if is_own else "n_train and n_home"
        raise InputError(f"{names} together must be at most the {len(data.y_train):,} training images of {data.title}, got {wanted:,}: "
                         "lower them.")
    rows = generator(seed, "calibration", "rows").permutation(len(data.y_train))[:wanted]
    learnt, home, kept = np.split(rows, [config.n_train, config.n_train + config.n_home])
    n = min(config.n_stream, len(data.y_test))
    away = generator(seed, "calibration", "stream").permutation(len(data.y_test))[:n]
    clean = (data.x_train[kept], data.y_train[kept]) if is_own else (data.x_test[away], data.y_test[away])
    streams = {}
    for name, level in config.conditions:
        images, y = (data.x_test[away], data.y_test[away]) if name == "test_set" else clean
        check_stream(y, config.stream_batch)
        order = order_of(y, config.order, generator(seed, "calibration", "order"))
        if name not in ("clean", "test_set"):
            images = corrupt(images, name, level, generator(seed, "calibration", name, level))
        streams[name, level] = (images[order], y[order])
    return Scene((data.x_train[learnt], data.y_train[learnt]), (data.x_train[home], data.y_train[home]), streams)
