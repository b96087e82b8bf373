"""A table beside images, or of rows: which one belongs to which part, class and group. ``csv:PATH``, or ``metadata.csv`` in a folder.

Known are the layouts of Waterbirds (img_filename, y, split, place), of CelebA (image_id, partition, attributes of -1 and 1) and of image
folders with file_name and label. Other columns are named behind the path: ``csv:PATH?label=Blond_Hair&group=Male``.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from core.data.files import read_whole
from core.data.folder_layout import EVERY, SUFFIXES, Layout
from core.data.frames import read_frame
from core.lab.errors import InputError

WHAT = "a table of images or rows"
MOST_BYTES = 512 * 2**20
FILES = ("img_filename", "file_name", "filename", "image_id", "image", "file", "path", "filepath", "img")
LABELS = ("y", "label", "target", "class", "blond_hair", "income", "labels")
GROUPS = ("group", "place", "attribute", "a", "background", "male", "sex", "gender", "race")
SPLITS = ("split", "partition", "set", "fold")
PARTS = {"0": "train", "train": "train", "training": "train", "1": "validation", "val": "validation", "valid": "validation",
         "validation": "validation", "dev": "validation", "2": "test", "test": "test", "testing": "test"}


@dataclass(frozen=True, eq=False)
class Described:
    """A table with its columns understood.

    Attributes:
        frame: The rows of training and test.
        part: ``train`` or ``test`` of each.
        label: Its class, as text.
        group: Its group, as text; None where there is no such column.
        file: Name of the column of image files; empty for a table of numbers.
        used: Columns that are not read as numbers.
        notes: How it was read.
        digest: Hash of the file.
    """

    frame: pd.DataFrame
    part: pd.Series
    label: pd.Series
    group: pd.Series | None
    file: str
    used: tuple[str, ...]
    notes: tuple[str, ...]
    digest: str


def describe(path: Path, label: str = "", group: str = "") -> Described:
    """Return a table with its parts, classes and groups.

    Args:
        path: The file.
        label: Column of the class; the first known one where it is empty, else the last.
        group: Column of the group, likewise; none where none is known.

    Raises:
        InputError: If it cannot be read, a named column is missing, or a value is missing where one is needed.
    """
    content = read_whole(path, WHAT, MOST_BYTES)
    frame, notes = read_frame(content, path, WHAT)
    file = _column(frame, FILES, "")
    file = file if file and frame[file].astype(str).str.lower().str.endswith(SUFFIXES).mean() > 0.5 else ""
    y = _column(frame, LABELS, label, "label")
    if not y and not file:
        y = str(frame.columns[-1])
        notes.append("the last column was taken as the class")
    if not y:
        raise InputError(f"{WHAT} must have a column y or label, got {path.name} without: name it behind the path, as in "
                         f"csv:{path.name}?label=COLUMN.")
    a = _column(frame, [name for name in GROUPS if name != y], group, "group")
    split = _column(frame, SPLITS, "")
    missing = frame[[name for name in (y, a) if name]].isna().any(axis=1)
    if missing.any():
        notes.append(f"{int(missing.sum())} rows without a class or group were left out")
        frame = frame[~missing]
    part = _parts(frame, split, file, notes, path)
    kept = part != "validation"
    frame, part = frame[kept], part[kept]
    told = [f"the column {name} is {what}" for name, what in ((y, "the class"), (a, "the group")) if name]
    return Described(frame, part, _words(frame[y]), _words(frame[a]) if a else None, file,
                     tuple(name for name in (y, split, file) if name) + ((a,) if a == "group" else ()), (*notes, *told),
                     hashlib.blake2b(content, digest_size=32).hexdigest())


def _column(frame: pd.DataFrame, known: Sequence[str], named: str, what: str = "") -> str:
    if named:
        if named.strip().casefold() not in frame.columns:
            raise InputError(f"{what}={named[:60]} must be a column of the table, got one of {len(frame.columns)} columns without it.")
        return named.strip().casefold()
    return next((name for name in known if name in frame.columns), "")


def _words(column: pd.Series) -> pd.Series:
    """Return values as text, whole numbers without a decimal point, yes and no for true and false."""
    if pd.api.types.is_bool_dtype(column):
        return column.map({True: "yes", False: "no"})
    if pd.api.types.is_float_dtype(column) and (column == column.round()).all():
        column = column.astype("int64")
    return column.astype(str).str.strip()


def in_order(values: Sequence[str]) -> tuple[str, ...]:
    """Return distinct names in order: numbers by size, words by letter."""
    distinct = set(values)
    try:
        return tuple(sorted(distinct, key=int))
    except ValueError:
        return tuple(sorted(distinct))


def _parts(frame: pd.DataFrame, split: str, file: str, notes: list[str], path: Path) -> pd.Series:
    """Return train, validation or test of each row; without a split, about one in five is for the test, by the hash of its name."""
    if not split:
        names = frame[file].astype(str) if file else pd.Series(frame.index.astype(str), index=frame.index)
        is_test = names.map(lambda name: int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "little") % EVERY == 0)
        notes.append(f"there was no split: {int(is_test.sum())} rows, about one in {EVERY}, are for the test")
        return is_test.map({True: "test", False: "train"})
    part = _words(frame[split]).str.lower().map(PARTS)
    if part.isna().any():
        raise InputError(f"the split must be 0, 1, 2 or train, val, test in every row, got something else in {int(part.isna().sum())} rows "
                         f"of {path.name}: correct them.")
    if "test" not in set(part) and "validation" in set(part):
        notes.append("the validation part was read as the test part")
        return part.replace("validation", "test")
    if (n := int((part == "validation").sum())):
        notes.append(f"{n} rows of the validation part were left out: training and test parts are read")
    return part


def layout_from(path: Path, label: str = "", group: str = "") -> Layout:
    """Return which image belongs to which part, class and group, as a table beside the images says; no image is opened.

    Raises:
        InputError: As ``describe``; if an image lies outside the table's folder or is missing.
    """
    found = describe(path, label, group)
    if not found.file:
        raise InputError(f"{path.name} in a folder of images must have a column of files such as img_filename or file_name, got none: name "
                         "it so.")
    root = path.parent.resolve()
    files = [root / str(name) for name in found.frame[found.file]]
    inside = [file for file in files if file.resolve().is_relative_to(root)]
    gone = [file for file in inside if not file.is_file()]  # whether anything is elsewhere, nobody learns here
    if len(inside) < len(files) or gone:
        raise InputError(f"every image of {path.name} must lie below its folder, got {len(gone)} that are missing and "
                         f"{len(files) - len(inside)} elsewhere: check the column of files.")
    parts, groups = {"train": [], "test": []}, {"train": [], "test": []}
    told = found.group if found.group is not None else found.label
    for file, part, name, member in zip(files, found.part, found.label, told, strict=True):
        parts[part].append((file, name))
        groups[part].append(member)
    return Layout(parts["train"], parts["test"], found.notes, None if found.group is None else groups, is_listed=True)
