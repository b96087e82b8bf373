"""Bring your own images as folders: ``train/CLASS/*.png`` and ``test/CLASS/*.png``.

Sizes, depths, transparency and turned photographs are brought to one form, and other layouts are known (``core.data.folder_layout``). The
data set's notes say what was changed or left out.
"""

import hashlib
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from core.data.arrays import check_pair, check_size, checked_images
from core.data.dataset import ImageDataset
from core.data.files import read_whole
from core.data.folder_layout import Layout, layout_of
from core.data.metadata import in_order, layout_from
from core.lab.errors import InputError

ORIENTATION = 0x0112  # the tag of Exif that says how a photograph is turned
MOST_BYTES_A_FILE = 100 * 2**20
TABLE = "metadata.csv"
SHOWN = 5  # bad files named in a message
_GREY_MODES = ("1", "L")
_DEEP_MODES = ("I;16", "I;16B", "I;16L", "I;16N", "I")  # 16 bits; Pillow calls some of them I
_OTHER_COLOURS = ("CMYK", "YCbCr", "LAB", "HSV")
_SEE_THROUGH = ("LA", "RGBA", "PA", "La", "RGBa")
_UNREADABLE = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


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
    digest = hashlib.blake2b(b"folder", digest_size=32)
    layout, listing = _layout(path, listing)
    if listing is not None:
        digest.update(f"{listing.label}\0{listing.group}\0".encode() + read_whole(listing.table, "a table of images", MOST_BYTES_A_FILE))
    for file in (file for _, files in layout.parts for file, _ in files):
        content = read_whole(file, "an image", MOST_BYTES_A_FILE)
        digest.update(f"{file.relative_to(path.resolve() if layout.is_listed else path).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


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
    headers = _headers([file for _, files in layout.parts for file, _ in files])
    size, told = _one_size([header.size for header in headers])
    mode = "L" if all(header.mode in (*_GREY_MODES, *_DEEP_MODES) for header in headers) else "RGB"
    check_size(len(headers) * size[0] * size[1] * len(mode), str(path))
    images = {part: checked_images(f"{part} images", _stack([file for file, _ in files], mode, size)) for part, files in layout.parts}
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
        fingerprint=folder_fingerprint(path, listing),
        licence="",
        attribute_train=groups.get("train"),
        attribute_test=groups.get("test"),
        attribute_names=group_names,
        notes=(*layout.notes, *told, *_pixel_notes(headers)),
    )


@dataclass(frozen=True)
class Header:
    """What an image says of itself before it is read: its size as it is looked at, width first, and what will be changed."""

    size: tuple[int, int]
    mode: str
    is_turned: bool
    is_transparent: bool


def _headers(files: list[Path]) -> list[Header]:
    """Return the header of every image; all that cannot be used are named in one message."""
    found, bad = [], []
    for file in files:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                with Image.open(file) as image:
                    turn = image.getexif().get(ORIENTATION, 1)
                    found.append(Header(image.size[::-1] if turn >= 5 else image.size, image.mode, turn != 1,  # from 5 on: on its side
                                        image.mode in _SEE_THROUGH or "transparency" in image.info))
        except _UNREADABLE:
            bad.append(file)
    _refuse(bad)
    floats = [file for file, header in zip(files, found, strict=True) if header.mode == "F"]
    if floats:
        raise InputError(f"images must have 8 or 16 bits a channel, got floats for {floats[0]} ({len(floats)} in all): save them as PNG.")
    return found


def _refuse(bad: list[Path]) -> None:
    if bad:
        more = f" and {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
        raise InputError(f"every image must be readable, but {', '.join(map(str, bad[:SHOWN]))}{more} {'is' if len(bad) == 1 else 'are'} "
                         "damaged or no image: replace or remove.")


def _one_size(sizes: list[tuple[int, int]]) -> tuple[tuple[int, int], list[str]]:
    """Return the most common size, width first (the larger of two), and a note where others are brought to it."""
    counted = Counter(sizes)
    size = max(counted, key=lambda one: (counted[one], one))
    others = len(sizes) - counted[size]
    return size, [f"{others} of {len(sizes)} images were resized to {size[0]} x {size[1]}, the most common size"] if others else []


def _pixel_notes(headers: list[Header]) -> list[str]:
    said = ((sum(one.mode in _DEEP_MODES for one in headers), "had 16 bits and were brought to 8"),
            (sum(one.is_transparent for one in headers), "were transparent and laid over white"),
            (sum(one.is_turned for one in headers), "were turned upright by their tag"),
            (sum(one.mode in _OTHER_COLOURS for one in headers), "were brought from other colours to red, green and blue"))
    return [f"{n} images {words}" for n, words in said if n]


def _stack(files: list[Path], mode: str, size: tuple[int, int]) -> np.ndarray:
    made = np.empty((len(files), size[1], size[0], len(mode)), np.uint8)
    bad = []
    for place, file in enumerate(files):
        try:
            with Image.open(file) as image:
                made[place] = _pixels(image, mode, size)
        except _UNREADABLE:
            bad.append(file)
    _refuse(bad)
    return made


def _pixels(image: Image.Image, mode: str, size: tuple[int, int]) -> np.ndarray:
    """Return an image as it is looked at: turned by its tag, over white, in 8 bits, of the given size."""
    image = ImageOps.exif_transpose(image)
    if image.mode in _DEEP_MODES:
        image = Image.fromarray(np.clip(np.round(np.asarray(image).astype(np.float64) / 257), 0, 255).astype(np.uint8))
    if image.mode in _SEE_THROUGH or "transparency" in image.info:
        over = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over).convert("RGB" if mode == "RGB" else "L")
    image = image.convert(mode)
    if image.size != size:
        image = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    pixels = np.asarray(image)
    return pixels[..., None] if mode == "L" else pixels
