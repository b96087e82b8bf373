"""Which image of a folder belongs to which part and class: ``train/CLASS/*.png``, ``test/CLASS/*.png``, and what people have instead.

``Train``, ``val`` where there is no test, one folder more around them, and class folders without a split are known. Nothing is left out
without a count and a reason.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from core.lab.errors import InputError

SUFFIXES = (".png", ".jpg", ".jpeg", ".jfif", ".jpe", ".bmp", ".webp", ".gif", ".ppm", ".pgm", ".tif", ".tiff")
SPELLINGS = {"train": ("train", "training"), "test": ("test", "testing"), "validation": ("val", "valid", "validation")}
EVERY = 5  # without a split, about one image in five is for the test


@dataclass(frozen=True)
class Layout:
    """Which files are which: (file, class name) of each part, and notes on what was left out or read under another name.

    Where a table lists the images, ``is_listed`` is true, and ``groups`` has the name of each one's group by part, if it tells groups.
    """

    train: list[tuple[Path, str]]
    test: list[tuple[Path, str]]
    notes: tuple[str, ...]
    groups: dict[str, list[str]] | None = None
    is_listed: bool = False

    @property
    def parts(self) -> tuple[tuple[str, list[tuple[Path, str]]], ...]:
        """Return both parts by name."""
        return ("train", self.train), ("test", self.test)


def layout_of(path: Path) -> Layout:
    """Return which image belongs to which part and class; no image is opened.

    Raises:
        InputError: If there are no class folders, or one is empty.
    """
    try:
        return _layout(path)
    except OSError as error:
        raise InputError(f"an image folder must be one that can be read, got {path} ({error.strerror}): check the path.") from None


def _layout(path: Path) -> Layout:
    here, notes = _inside(path)
    parts = {part: next((entry for entry in _folders(here) if entry.name.lower() in names), None) for part, names in SPELLINGS.items()}
    if parts["train"] is None and parts["test"] is None and parts["validation"] is None:
        return _split(here, notes)
    if parts["test"] is None and parts["validation"] is not None:
        parts["test"], parts["validation"] = parts["validation"], None
        notes.append(f"{parts['test'].name} was read as the test part")
    for part in ("train", "test"):
        if parts[part] is None:
            raise InputError(f"an image folder must hold the folders train and test, but {here / part} is missing: create it.")
    if parts["validation"] is not None:
        notes.append(f"{parts['validation'].name} was left out: training and test parts are read")
    train, test = (_files(parts[part], notes) for part in ("train", "test"))
    return Layout(train, test, tuple(notes))


def _inside(path: Path) -> tuple[Path, list[str]]:
    """Return the folder that holds the parts: the one named, or the only one in it where that one holds them."""
    if not path.is_dir():
        raise InputError(f"an image folder must hold the folders train and test, but {path} is no folder: check the path.")
    inside = _folders(path)
    if len(inside) == 1 and any(entry.name.lower() in SPELLINGS["train"] for entry in _folders(inside[0])):
        return inside[0], [f"the parts lie in {inside[0].name}"]
    return path, []


def _folders(path: Path) -> list[Path]:
    return sorted(entry for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith((".", "__MACOSX")))


def _split(path: Path, notes: list[str]) -> Layout:
    """Return a folder of class folders cut into parts: about one image in five of each class, by the hash of its name, is for the test.

    The cut depends on names alone, so that it stays the same wherever the folder lies and whatever is added to it.
    """
    if len(_folders(path)) < 2:
        raise InputError(f"an image folder must hold the folders train and test, but {path / 'train'} is missing: create it.")
    parts: tuple[list[tuple[Path, str]], list[tuple[Path, str]]] = ([], [])
    for name, group in groupby(_files(path, notes), key=lambda entry: entry[1]):
        ranked = sorted(group, key=lambda entry: hashlib.blake2b(entry[0].relative_to(path).as_posix().encode()).digest())
        n_test = max(1, round(len(ranked) / EVERY))
        if len(ranked) < 2:
            raise InputError(f"a class folder without a split must hold at least 2 images, but {path / name} holds 1: add images.")
        parts[1].extend(sorted(ranked[:n_test]))
        parts[0].extend(sorted(ranked[n_test:]))
    notes.append(f"there was no split: {len(parts[1])} images, about one in {EVERY} of each class, are for the test")
    return Layout(*parts, tuple(notes))


def _below(folder: str) -> Iterator[tuple[str, bool]]:
    """Yield every file below a folder and whether it is a regular one; what the folder's entries say of themselves is not asked again."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path)
            elif not entry.name.startswith(".") and not entry.is_dir():
                yield entry.path, entry.is_file()


def _files(here: Path, notes: list[str]) -> list[tuple[Path, str]]:
    """Return (file, class name) of every image below a part, sorted; what is left out is counted in the notes."""
    found, strange = [], 0
    for class_folder in _folders(here):
        below = list(_below(str(class_folder)))
        inside = [Path(file) for file, is_file in below if is_file and file.lower().endswith(SUFFIXES)]  # no pipe, no device
        strange += len(below) - len(inside)
        if not inside:
            raise InputError(f"every class folder must hold images, but {class_folder} holds none: add images or remove it.")
        found.extend((file, class_folder.name) for file in sorted(inside))
    if not found:
        raise InputError(f"{here} must hold one folder of images per class, got none: sort the images into folders.")
    loose = sum(entry.is_file() and not entry.name.startswith(".") for entry in here.iterdir())
    if strange:
        notes.append(f"{strange} files below {here.name} have no image's ending and were left out")
    if loose:
        notes.append(f"{loose} files beside the class folders of {here.name} were left out")
    return found
