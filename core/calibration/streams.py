"""The images of a seed: what the network learns from, what stays at home, and every stream, clean and shifted. Imports no torch."""

from dataclasses import dataclass

import numpy as np

from core.calibration.study.config import CalibrationConfig
from core.data.corruptions import corrupt
from core.data.dataset import ImageDataset
from core.data.optical_digits import load_optical_digits
from core.lab.errors import InputError
from core.lab.seeds import generator


@dataclass(frozen=True, eq=False)
class Scene:
    """One seed's images.

    Attributes:
        train: Images (N, H, W, C) and classes (N,) to learn from.
        home: The same, unseen and unshifted.
        streams: For each condition (corruption, level): images in the order of the stream, and their classes.
        groups: For each condition, the group of each image of the stream; empty where the data tells none.
        group_names: Their names, from 0 on; empty where the data tells none.
    """

    train: tuple[np.ndarray, np.ndarray]
    home: tuple[np.ndarray, np.ndarray]
    streams: dict[tuple[str, int], tuple[np.ndarray, np.ndarray]]
    groups: dict[tuple[str, int], np.ndarray]
    group_names: tuple[str, ...]


def draw(data: ImageDataset, config: CalibrationConfig, seed: int) -> Scene:
    """Return the images of a seed; every level of every corruption shows the same test images in the same order.

    Raises:
        InputError: If there are too few images, or a stream that nothing can be learned from.
    """
    check_images(data, config)
    is_own, far = config.shift == "test_set", (data.x_test, data.y_test)
    if config.shift == "optical_digits":
        far = load_optical_digits(data.x_test.shape[1])
    wanted = _wanted(config)
    rows = generator(seed, "calibration", "rows").permutation(len(data.y_train))[:wanted]
    learnt, home, kept = np.split(rows, [config.n_train, config.n_train + config.n_home])
    n = min(config.n_stream, len(data.y_test), len(far[1]))  # all streams are of one length
    near = generator(seed, "calibration", "stream").permutation(len(data.y_test))[:n]
    away = generator(seed, "calibration", config.shift).permutation(len(far[1]))[:n] if config.shift == "optical_digits" else near
    clean = (data.x_train[kept[:n]], data.y_train[kept[:n]]) if is_own else (data.x_test[near], data.y_test[near])
    has_groups = data.attribute_test is not None and config.shift != "optical_digits"
    streams, groups = {}, {}
    for name, level in config.conditions:
        images, y = (far[0][away], far[1][away]) if name == config.shift else clean
        check_stream(y, config.stream_batch)
        order = order_of(y, config.order, generator(seed, "calibration", "order"))
        if config.shift == "corruptions" and level:
            images = corrupt(images, name, level, generator(seed, "calibration", name, level))
        streams[name, level] = (images[order], y[order])
        if has_groups:
            of_clean = data.attribute_train[kept[:n]] if is_own and name == "clean" else data.attribute_test[near]
            groups[name, level] = of_clean[order]
    return Scene((data.x_train[learnt], data.y_train[learnt]), (data.x_train[home], data.y_train[home]), streams, groups,
                 _group_names(data) if has_groups else ())


def check_images(data: ImageDataset, config: CalibrationConfig) -> None:
    """Refuse data of which no scene can be drawn; looked at before anything is computed.

    Raises:
        InputError: If there are too few images, or a stream that nothing can be learned from.
    """
    if (wanted := _wanted(config)) > len(data.y_train):
        names = "n_train, n_home and n_stream" if config.shift == "test_set" else "n_train and n_home"
        raise InputError(f"{names} together must be at most the {len(data.y_train):,} training images of {data.title}, got {wanted:,}: "
                         "lower them.")
    check_stream(data.y_test, config.stream_batch)


def _wanted(config: CalibrationConfig) -> int:
    """Return how many training images are drawn; where the test images are the shift, the clean stream comes from them, too."""
    return config.n_train + config.n_home + (config.n_stream if config.shift == "test_set" else 0)


def order_of(y: np.ndarray, how: str, rng: np.random.Generator) -> np.ndarray:
    """Return the order of a stream, (N,): ``shuffled``, or ``sorted`` by class (within a class shuffled)."""
    order = rng.permutation(len(y))
    return order if how == "shuffled" else order[np.argsort(y[order], kind="stable")]


def check_stream(y: np.ndarray, batch_size: int) -> None:
    """Refuse a stream that nothing can be learned from.

    Raises:
        InputError: If it is shorter than a batch, or holds one class alone.
    """
    if batch_size > len(y):
        raise InputError(f"a batch must be at most as long as the stream ({len(y)} images), got {batch_size}: lower stream_batch.")
    if len(np.unique(y)) < 2:
        raise InputError("a stream must hold at least two classes, got one: accuracy and calibration would be about that class alone.")


def _group_names(data: ImageDataset) -> tuple[str, ...]:
    n = 1 + int(max(data.attribute_train.max(), data.attribute_test.max()))
    return data.attribute_names or tuple(f"group {number}" for number in range(n))
