"""Bring your own images as an ``.npz`` file: arrays x_train, y_train, x_test, y_test, and where images belong to groups a whole
number from 0 on for each, group_train and group_test (or, the same thing by its other name, attribute_train and attribute_test).

Every declared size and type is read from the headers and checked before any pixel is. Names, pixels and labels as other collections
write them are recognised (``core.data.recognised``), and the data set's notes say what was changed.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Container
from pathlib import Path

import numpy as np

from core.data import recognised
from core.data.archive import check_worth, declared_bytes, members, read
from core.data.arrays import MOST_BYTES, check_pair, check_size, checked_images, checked_labels
from core.data.dataset import ImageDataset
from core.data.files import check_regular
from core.data.grids import rows_as_grids
from core.lab.errors import InputError

OUTPUTS = {"logits", "probs", "probabilities", "predictions", "train_predictions", "y_pred"}  # arrays of a file of outputs
REQUIRED = ("x_train", "y_train", "x_test", "y_test")
ATTRIBUTES = (("attribute_train", "attribute_test"), ("group_train", "group_test"))  # two spellings of one thing
UNREADABLE = (zipfile.BadZipFile, ValueError, OSError, EOFError, KeyError, NotImplementedError, RuntimeError, MemoryError, zlib.error)
_READ_BYTES = 2**20
WHAT = "an npz data set"


def npz_fingerprint(path: Path) -> str:
    """Return the hash of the file, once its headers have been found sound.

    Raises:
        InputError: If there is no such file, or it is no npz file with the arrays that are needed.
    """
    check_regular(path, "an npz data set", MOST_BYTES)
    checked_headers(path)
    digest = hashlib.blake2b(b"npz", digest_size=32)
    try:
        with path.open("rb") as file:
            while block := file.read(_READ_BYTES):
                digest.update(block)
    except OSError as error:
        raise InputError(f"an npz data set must be readable, got {error.strerror} for {path}: check its permissions.") from None
    return digest.hexdigest()


def load_npz(path: Path) -> ImageDataset:
    """Return the data set in an npz file.

    Raises:
        InputError: If the file, its arrays or their values break a rule.
    """
    fingerprint = npz_fingerprint(path)
    names, notes = checked_headers(path)
    try:
        with zipfile.ZipFile(path) as archive:
            stored = members(archive, WHAT)
            arrays = {house: read(archive, stored[name]) for house, name in names.items()}
    except UNREADABLE as error:
        raise _not_npz(path, error) from None
    told: list[str] = []
    if all(arrays[name].ndim == 2 and arrays[name].shape[1] > 1 and arrays[name].dtype.kind in "biuf" and len(arrays[name])
           for name in ("x_train", "x_test")) and arrays["x_train"].shape[1] == arrays["x_test"].shape[1]:
        images = dict(zip(("x_train", "x_test"), rows_as_grids(arrays["x_train"], arrays["x_test"], told), strict=True))
    else:
        images, told = recognised.pixels({name: arrays[name] for name in ("x_train", "x_test")})
    y, class_names, said = recognised.labels({name: arrays[name] for name in ("y_train", "y_test")})
    x_train, x_test = (checked_images(name, images[name]) for name in ("x_train", "x_test"))
    y_train, y_test = checked_labels("y_train", y["y_train"], len(x_train)), checked_labels("y_test", y["y_test"], len(x_test))
    n_classes = check_pair(x_train, y_train, x_test, y_test)
    attributes: list[np.ndarray | None] = [None, None]
    if given := [name for name in names if name not in REQUIRED]:
        attributes = [checked_labels(name, arrays[name], n) for name, n in zip(given, (len(x_train), len(x_test)), strict=True)]
    return ImageDataset(
        source=f"npz:{path}",
        title=path.name,
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
        class_names=class_names or tuple(f"class {label}" for label in range(n_classes)),
        fingerprint=fingerprint,
        licence="",
        attribute_train=attributes[0],
        attribute_test=attributes[1],
        notes=(*notes, *told, *said),
    )


def checked_headers(path: Path) -> tuple[dict[str, str], list[str]]:
    """Return the arrays to read (the house's name to the file's) and notes, after checking names, types and declared sizes.

    No pixel is read.

    Raises:
        InputError: If a rule is broken.
    """
    try:
        return _check_headers(path)
    except UNREADABLE as error:
        raise _not_npz(path, error) from None


def _not_npz(path: Path, error: BaseException) -> InputError:
    return InputError(f"an npz data set must be a file that numpy.savez wrote, got {path} ({type(error).__name__}): "
                      "write it again with numpy.savez.")


def _check_headers(path: Path) -> tuple[dict[str, str], list[str]]:
    with zipfile.ZipFile(path) as archive:
        stored = members(archive, WHAT)
        names, notes = recognised.aliases(list(stored))
        missing = [name for name in REQUIRED if name not in names]
        if missing and OUTPUTS & {name.casefold() for name in stored}:
            raise InputError(f"an npz data set must hold images, got {path} that holds what a model says of them: give it to "
                             f"privacy_outputs or calibration_outputs as outputs=npz:{path}.")
        if missing:
            raise InputError(
                f"an npz data set must hold the arrays {', '.join(REQUIRED)}, but {', '.join(missing)} "
                f"is missing (found {len(stored) - len(REQUIRED) + len(missing)} others): rename or add arrays; train_images, "
                "train_labels and the like are known too."
            )
        given = _given_attributes(stored)
        names |= {name: name for name in given}
        total = 0
        for name in names.values():
            declared = declared_bytes(archive, stored[name], name)
            total += declared
            check_size(total, str(path))
            check_worth(stored[name], declared, name)
    return names, notes


def _given_attributes(stored: Container[str]) -> tuple[str, ...]:
    """Return the names of the arrays that hold a whole number per image beside its class, none or two."""
    pairs = [pair for pair in ATTRIBUTES if any(name in stored for name in pair)]
    if len(pairs) > 1:
        raise InputError("groups must be called attribute_train and attribute_test or group_train and group_test, got both: drop one pair.")
    for pair in pairs:
        if missing := [name for name in pair if name not in stored]:
            only = next(name for name in pair if name in stored)
            raise InputError(f"{pair[0]} and {pair[1]} must come together, got only {only}: add {missing[0]}.")
    return pairs[0] if pairs else ()
