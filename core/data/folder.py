"""Bring your own images as folders: ``train/CLASS/*.png`` and ``test/CLASS/*.png``.

Sizes, depths, transparency and turned photographs are brought to one form, and other layouts are known (``core.data.folder_layout``). The
data set's notes say what was changed or left out.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.data.arrays import check_pair, checked_images
from core.data.dataset import ImageDataset
from core.data.files import read_listed, read_whole
from core.data.folder_layout import Layout, layout_of
from core.data.folder_reading import MOST_BYTES_A_FILE, read_images
from core.data.metadata import in_order, layout_from
from core.lab.errors import InputError

TABLE = "metadata.csv"


@dataclass(frozen=True)
class Listing:
    """A table that lists the images of its folder, with its columns of class and group; see ``core.data.metadata``."""

    table: Path
    label: str = ""
    group: str = ""


def _layout(path: Path, listing: Listing | None) -> tuple[Layout, Listing | None]:
    """Return which image is what, and the table that says so, if one does: the one named, or ``metadata.csv`` of the folder."""
    if listing is None and (path / TABLE).is_file():
        listing = Listing(path / TABLE)
    return (layout_of(path), None) if listing is None else (layout_from(listing.table, listing.label, listing.group), listing)


def folder_fingerprint(path: Path, listing: Listing | None = None) -> str:
    """Return the hash of the images' paths and bytes, and of the table that lists them, if one does.

    Raises:
        InputError: If the folder or one of its parts is missing or a file cannot be read.
    """
    layout, listing = _layout(path, listing)
    digest, add = _hashing(path, layout, listing)
    for file in (file for _, files in layout.parts for file, _ in files):
        add(file, read_listed(file, "an image", MOST_BYTES_A_FILE))
    return digest.hexdigest()


def _hashing(path: Path, layout: Layout, listing: Listing | None) -> tuple["hashlib._Hash", Callable[[Path, bytes], None]]:
    """Return the hash of a folder that was begun, and what adds a file to it."""
    digest = hashlib.blake2b(b"folder", digest_size=32)
    if listing is not None:
        digest.update(f"{listing.label}\0{listing.group}\0".encode() + read_whole(listing.table, "a table of images", MOST_BYTES_A_FILE))
    root = path.resolve() if layout.is_listed else path
    begin = len(str(root / "x")) - 1

    def add(file: Path, content: bytes) -> None:
        digest.update(f"{str(file)[begin:]}\0{len(content)}\0".encode())  # the path below the folder
        digest.update(content)

    return digest, add


def load_folder(path: Path, listing: Listing | None = None) -> ImageDataset:
    """Return the data set in a folder; its classes are the sorted names of the folders in ``train``, or those of its table.

    Raises:
        InputError: If a folder is missing or empty, images are unreadable, or a class of the test is unknown to training.
    """
    layout, listing = _layout(path, listing)
    class_names = in_order([name for _, name in layout.train]) if layout.is_listed else tuple(sorted({name for _, name in layout.train}))
    for file, name in layout.test:
        if name not in class_names:
            raise InputError(
                f"test may hold only classes of train ({', '.join(class_names[:8])}), got {name!r} ({file.name}): "
                "rename or remove it."
            )
    digest, add = _hashing(path, layout, listing)
    pixels, told = read_images([file for _, files in layout.parts for file, _ in files], str(path), add)
    n = len(layout.train)
    images = {"train": checked_images("train images", pixels[:n]), "test": checked_images("test images", pixels[n:])}
    labels = {part: np.array([class_names.index(name) for _, name in files], np.int64) for part, files in layout.parts}
    check_pair(images["train"], labels["train"], images["test"], labels["test"])
    group_names = () if layout.groups is None else in_order([*layout.groups["train"], *layout.groups["test"]])
    groups = {part: np.array([group_names.index(name) for name in names], np.int64) for part, names in (layout.groups or {}).items()}
    return ImageDataset(
        source=f"folder:{path}",
        title=path.resolve().name,
        x_train=images["train"],
        y_train=labels["train"],
        x_test=images["test"],
        y_test=labels["test"],
        class_names=class_names,
        fingerprint=digest.hexdigest(),
        licence="",
        attribute_train=groups.get("train"),
        attribute_test=groups.get("test"),
        attribute_names=group_names,
        notes=(*layout.notes, *told),
    )
