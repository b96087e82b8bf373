"""Arrays as people keep them, brought to the one form of the house; every change is told in a note, and nothing is guessed twice.

What is not recognised comes back as it is, so that the rules of ``core.data.arrays`` refuse it in their own words.
"""

from collections.abc import Mapping, Sequence

import numpy as np

PARTS = {"train": "x_train, y_train", "test": "x_test, y_test"}
SCALES = (  # least and largest value, how it becomes 0 to 255, how it is called
    (0.0, 1.0, lambda x: 255 * x, "0 to 1"),
    (-1.0, 1.0, lambda x: 127.5 * (x + 1), "-1 to 1"),
    (0.0, 255.0, lambda x: x, "0 to 255"),
)
DEEP = 65535
WHITE = 255.0


def aliases(names: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return for each name of the house the name in the file that stands for it, and notes on what was read under another name.

    ``train_images``, ``X_train``, ``images_train`` and the like are known, whatever their letters' case. Validation parts are not read;
    a note says that they are there.
    """
    known = {name.lower(): name for name in names}
    found, notes = {}, []
    for part in PARTS:
        for short, words in (("x", ("images", "data", "x")), ("y", ("labels", "targets", "y"))):
            house = f"{short}_{part}"
            for spelling in (house, *(f"{part}_{word}" for word in words), *(f"{word}_{part}" for word in words), f"{short}{part}"):
                if spelling in known:
                    found[house] = known[spelling]
                    if known[spelling] != house:
                        notes.append(f"{known[spelling]} was read as {house}")
                    break
    left = sorted(name for name in names if name.lower().startswith(("val", "valid")) or name.lower().endswith("_val"))
    if left:
        notes.append(f"{', '.join(left)} were left out: training and test parts are read")
    return found, notes


def pixels(parts: Mapping[str, np.ndarray]) -> tuple[dict[str, np.ndarray], list[str]]:
    """Return images of all parts as uint8, channels last, without transparency, where one rule fits them all; and notes.

    Numbers from 0 to 1, -1 to 1 or 0 to 255 are told apart by the values of all parts together. Whole numbers above 255 are 16-bit depths.
    """
    notes: list[str] = []
    made = _as_bytes(dict(parts), notes)
    made = _channels_last(made, notes)
    return {name: _opaque(name, images, notes) for name, images in made.items()}, notes


def _as_bytes(parts: dict[str, np.ndarray], notes: list[str]) -> dict[str, np.ndarray]:
    kinds = {images.dtype.kind for images in parts.values()}
    if all(images.dtype == np.uint8 for images in parts.values()) or not all(images.size for images in parts.values()):
        return parts
    if kinds == {"b"}:
        notes.append("true and false became 255 and 0")
        return {name: images.astype(np.uint8) * 255 for name, images in parts.items()}
    if not kinds <= set("iuf"):
        return parts
    low = min(float(images.min()) for images in parts.values())
    high = max(float(images.max()) for images in parts.values())
    types = " and ".join(sorted({str(images.dtype) for images in parts.values()}))
    if kinds <= set("iu"):
        if low >= 0 and high <= 255:
            notes.append(f"whole numbers of type {types} from {low:.0f} to {high:.0f} became bytes")
            return {name: images.astype(np.uint8) for name, images in parts.items()}
        if low >= 0 and high <= DEEP:
            notes.append(f"16-bit depths up to {high:.0f} were divided by 257")
            return {name: np.round(images / 257).astype(np.uint8) for name, images in parts.items()}
        return parts
    for least, most, scale, called in SCALES:
        if least <= low and high <= most:  # NaN fits nowhere
            notes.append(f"numbers of type {types} were taken as pixels from {called} and became bytes")
            return {name: np.round(scale(images.astype(np.float32))).astype(np.uint8) for name, images in parts.items()}
    return parts


def _channels_last(parts: dict[str, np.ndarray], notes: list[str]) -> dict[str, np.ndarray]:
    if not all(images.ndim == 4 and images.shape[1] in (1, 3, 4) and images.shape[-1] not in (1, 2, 3, 4) for images in parts.values()):
        return parts
    notes.append("channels stood first and were moved last")
    return {name: np.moveaxis(images, 1, -1) for name, images in parts.items()}


def _opaque(name: str, images: np.ndarray, notes: list[str]) -> np.ndarray:
    """Return images with two or four channels laid over white by their last one."""
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] not in (2, 4):
        return images
    notes.append(f"{name} had a channel of transparency and was laid over white")
    alpha = images[..., -1:].astype(np.float32) / 255
    return np.round(alpha * images[..., :-1] + (1 - alpha) * WHITE).astype(np.uint8)


def labels(parts: Mapping[str, np.ndarray]) -> tuple[dict[str, np.ndarray], tuple[str, ...], list[str]]:
    """Return labels of all parts as whole numbers from 0 on, the names of the classes where the file has some, and notes.

    Columns, one-hot rows, whole numbers written as floats, true and false, and texts are known. Values that do not run from 0 on without a
    gap in the first part are renumbered in ascending order, and stay the names of their classes.
    """
    notes: list[str] = []
    flat = {name: flat_labels(name, values, notes) for name, values in parts.items()}
    first = next(iter(flat.values()))
    if not all(values.ndim == 1 and values.dtype.kind in "iubUS" and len(values) for values in flat.values()):
        return flat, (), notes
    if len({values.dtype.kind in "US" for values in flat.values()}) > 1:
        return flat, (), notes  # words here and numbers there
    if first.dtype.kind in "US":
        flat = {name: values.astype(str) for name, values in flat.items()}
    else:
        if first.dtype.kind == "b":
            notes.append("false and true became classes 0 and 1")
        if any(values.max() > np.iinfo(np.int64).max for values in flat.values()):
            return flat, (), notes
        flat = {name: values.astype(np.int64) for name, values in flat.items()}
    first = next(iter(flat.values()))
    classes = np.unique(first)
    if first.dtype.kind != "U" and np.array_equal(classes, np.arange(len(classes))):
        return flat, (), notes
    strange = next((str(value) for values in flat.values() for value in np.setdiff1d(values, classes)), None)
    if strange is not None:
        return flat, (), notes  # a class that training lacks: the rules refuse it
    notes.append(f"the labels {', '.join(map(str, classes[:6]))}{' and more' if len(classes) > 6 else ''} became classes 0 to "
                 f"{len(classes) - 1}")
    return {name: np.searchsorted(classes, values) for name, values in flat.items()}, tuple(map(str, classes)), notes


def flat_labels(name: str, values: np.ndarray, notes: list[str]) -> np.ndarray:
    """Return labels as one number each, where they stood in a column, one-hot, or as whole numbers written as floats."""
    if values.ndim == 2 and values.shape[1] == 1:
        notes.append(f"{name} stood in a column")
        values = values[:, 0]
    if values.ndim == 2 and values.shape[1] > 1 and values.dtype.kind in "biuf" and np.isin(values, (0, 1)).all() and (
            values.sum(1) == 1).all():
        notes.append(f"{name} was one-hot")
        values = values.argmax(1)
    if values.ndim == 1 and values.dtype.kind == "f" and np.isfinite(values).all() and (values == np.round(values)).all() and (
            np.abs(values) < 2**53).all():
        notes.append(f"{name} held whole numbers of type {values.dtype}")
        values = values.astype(np.int64)
    return values
