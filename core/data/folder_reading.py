"""Images of a folder, each file opened once: its bytes are hashed, its header is read, its pixels are decoded, one file after another.

Most folders hold images of one size without tags or transparency: those are laid into one array at once. All others wait until every
header is known, since the common size and the channels follow from all of them.
"""

import io
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from core.data.arrays import check_size
from core.data.files import read_listed, read_whole
from core.lab.errors import InputError

ORIENTATION = 0x0112  # the tag of Exif that says how a photograph is turned
MOST_BYTES_A_FILE = 100 * 2**20
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
class Header:
    """What an image says of itself before it is read: its size as it is looked at, width first, and what will be changed."""

    size: tuple[int, int]
    mode: str
    is_turned: bool
    is_transparent: bool

    @property
    def is_plain(self) -> bool:
        """Whether its pixels are those that are looked at."""
        return self.mode in ("L", "RGB") and not self.is_turned and not self.is_transparent


class _Sheet:
    """One array for images of the first plain one's size; it gains colours with the first image that has any."""

    def __init__(self, n: int, place: str) -> None:
        self.n, self.place, self.size, self.pixels = n, place, None, None
        self.done = np.zeros(n, dtype=bool)

    def take(self, row: int, header: Header, image: Image.Image) -> None:
        """Lay an image into its row if it is plain and of the sheet's size."""
        if not header.is_plain or self.size not in (None, header.size):
            return
        channels = len(header.mode) if header.mode == "RGB" else 1
        if self.pixels is None:
            check_size(self.n * header.size[0] * header.size[1] * channels, self.place)
            self.size, self.pixels = header.size, np.empty((self.n, header.size[1], header.size[0], channels), np.uint8)
        elif channels == 3 and self.pixels.shape[-1] == 1:
            self.colour()
        pixels = np.asarray(image)
        self.pixels[row] = pixels if channels == 3 else pixels[..., None]
        self.done[row] = True

    def colour(self) -> None:
        """Repeat grey to three channels."""
        check_size(self.n * self.size[0] * self.size[1] * 3, self.place)
        self.pixels = np.repeat(self.pixels, 3, axis=-1)


def read_images(files: Sequence[Path], place: str, on_bytes: Callable[[Path, bytes], None]) -> tuple[np.ndarray, list[str]]:
    """Return images as uint8 (N, H, W, 1 or 3), in order, and notes on what was changed.

    Args:
        files: Where they lie.
        place: What messages call the folder.
        on_bytes: Receives each file's bytes, in order.

    Raises:
        InputError: If files are missing, damaged, too large, or hold floats; all bad ones are named in one message.
    """
    sheet, headers, bad = _Sheet(len(files), place), [], []
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        for row, file in enumerate(files):
            content = read_listed(file, "an image", MOST_BYTES_A_FILE)
            on_bytes(file, content)
            try:
                with Image.open(io.BytesIO(content)) as image:
                    headers.append(header_of(image))
                    sheet.take(row, headers[-1], image)
            except InputError:
                raise
            except _UNREADABLE:
                bad.append(file)
    refuse(bad)
    refuse_floats(files, headers)
    size, told = one_size([header.size for header in headers])
    mode = "L" if all(header.mode in (*_GREY_MODES, *_DEEP_MODES) for header in headers) else "RGB"
    check_size(len(headers) * size[0] * size[1] * len(mode), place)
    return _filled(sheet, files, mode, size), [*told, *pixel_notes(headers)]


def _filled(sheet: _Sheet, files: Sequence[Path], mode: str, size: tuple[int, int]) -> np.ndarray:
    """Return the sheet with every image that it lacks, or a new one where its size is not the common one."""
    if sheet.size != size:
        made, rows = np.empty((len(files), size[1], size[0], len(mode) if mode == "RGB" else 1), np.uint8), range(len(files))
    else:
        if mode == "RGB" and sheet.pixels.shape[-1] == 1:
            sheet.colour()
        made, rows = sheet.pixels, np.flatnonzero(~sheet.done)
    bad = []
    for row in rows:
        try:
            with Image.open(io.BytesIO(read_whole(files[row], "an image", MOST_BYTES_A_FILE))) as image:
                made[row] = pixels_of(image, mode, size)
        except _UNREADABLE:
            bad.append(files[row])
    refuse(bad)
    return made


def header_of(image: Image.Image) -> Header:
    """Return what an open image says of itself."""
    turn = image.getexif().get(ORIENTATION, 1)
    return Header(image.size[::-1] if turn >= 5 else image.size, image.mode, turn != 1,  # from 5 on: on its side
                  image.mode in _SEE_THROUGH or "transparency" in image.info)


def refuse(bad: Sequence[Path]) -> None:
    """Refuse files that are no images, all in one message.

    Raises:
        InputError: If there are any.
    """
    if bad:
        more = f" and {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
        raise InputError(f"every image must be readable, but {', '.join(map(str, bad[:SHOWN]))}{more} {'is' if len(bad) == 1 else 'are'} "
                         "damaged or no image: replace or remove.")


def refuse_floats(files: Sequence[Path], headers: Sequence[Header]) -> None:
    """Refuse images of floats.

    Raises:
        InputError: If there are any.
    """
    floats = [file for file, header in zip(files, headers, strict=True) if header.mode == "F"]
    if floats:
        raise InputError(f"images must have 8 or 16 bits a channel, got floats for {floats[0]} ({len(floats)} in all): save them as PNG.")


def one_size(sizes: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], list[str]]:
    """Return the most common size, width first (the larger of two), and a note where others are brought to it."""
    counted = Counter(sizes)
    size = max(counted, key=lambda one: (counted[one], one))
    others = len(sizes) - counted[size]
    return size, [f"{others} of {len(sizes)} images were resized to {size[0]} x {size[1]}, the most common size"] if others else []


def pixel_notes(headers: Sequence[Header]) -> list[str]:
    """Return a clause for each way in which pixels were changed."""
    said = ((sum(one.mode in _DEEP_MODES for one in headers), "had 16 bits and were brought to 8"),
            (sum(one.is_transparent for one in headers), "were transparent and laid over white"),
            (sum(one.is_turned for one in headers), "were turned upright by their tag"),
            (sum(one.mode in _OTHER_COLOURS for one in headers), "were brought from other colours to red, green and blue"))
    return [f"{n} images {words}" for n, words in said if n]


def pixels_of(image: Image.Image, mode: str, size: tuple[int, int]) -> np.ndarray:
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
