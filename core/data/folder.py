"""Bring your own images as folders: ``train/CLASS/*.png`` and ``test/CLASS/*.png``, all of one size."""

import hashlib
import os
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from core.data.arrays import check_pair, check_size, checked_images
from core.data.dataset import ImageDataset
from core.data.files import read_whole
from core.lab.errors import InputError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".ppm", ".pgm", ".tif", ".tiff")
MOST_BYTES_A_FILE = 100 * 2**20
_GREY_MODES = ("1", "L")
_DEEP_MODES = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")
_UNREADABLE = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def folder_fingerprint(path: Path) -> str:
    """Return the hash of the images' paths and bytes.

    Raises:
        InputError: If the folder or one of its parts is missing or a file cannot be read.
    """
    digest = hashlib.blake2b(b"folder", digest_size=32)
    for part in ("train", "test"):
        for file, _ in _files(path, part):
            content = read_whole(file, "an image", MOST_BYTES_A_FILE)
            digest.update(f"{file.relative_to(path).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def load_folder(path: Path) -> ImageDataset:
    """Return the data set in a folder; its classes are the sorted names of the folders in ``train``.

    Raises:
        InputError: If a folder is missing or empty, an image is unreadable, or sizes differ.
    """
    files = {part: _files(path, part) for part in ("train", "test")}
    class_names = tuple(sorted({name for _, name in files["train"]}))
    for file, name in files["test"]:
        if name not in class_names:
            raise InputError(
                f"test may hold only classes of train ({', '.join(class_names[:8])}), got {name!r} ({file.name}): "
                "rename or remove it."
            )
    headers = [_header(file) for part in ("train", "test") for file, _ in files[part]]
    size = headers[0][0]
    for (found, _), (file, _) in zip(headers, files["train"] + files["test"], strict=True):
        if found != size:
            raise InputError(
                f"all images must have one size, got {found[0]} x {found[1]} for {file} beside {size[0]} x {size[1]}: "
                "resize the images."
            )
    mode = "L" if all(mode in _GREY_MODES for _, mode in headers) else "RGB"
    check_size(len(headers) * size[0] * size[1] * len(mode), str(path))
    images = {
        part: checked_images(f"{part} images", np.stack([_pixels(file, mode) for file, _ in files[part]])) for part in files
    }
    labels = {part: np.array([class_names.index(name) for _, name in files[part]], np.int64) for part in files}
    check_pair(images["train"], labels["train"], images["test"], labels["test"])
    return ImageDataset(
        source=f"folder:{path}",
        title=path.resolve().name,
        x_train=images["train"],
        y_train=labels["train"],
        x_test=images["test"],
        y_test=labels["test"],
        class_names=class_names,
        fingerprint=folder_fingerprint(path),
        licence="",
    )


def _files(path: Path, part: str) -> list[tuple[Path, str]]:
    """Return (file, class name) of every image below ``path / part``, sorted."""
    here = path / part
    if not here.is_dir():
        raise InputError(f"an image folder must hold the folders train and test, but {here} is missing: create it.")
    found = []
    for class_folder in sorted(entry for entry in here.iterdir() if entry.is_dir() and not entry.name.startswith(".")):
        inside = [
            Path(root, name)
            for root, _, names in os.walk(class_folder)
            for name in names
            if name.lower().endswith(SUFFIXES) and not name.startswith(".") and Path(root, name).is_file()  # no pipe, no device
        ]
        if not inside:
            raise InputError(f"every class folder must hold images, but {class_folder} holds none: add images or remove it.")
        found.extend((file, class_folder.name) for file in sorted(inside))
    if not found:
        raise InputError(f"{here} must hold one folder of images per class, got none: sort the images into folders.")
    return found


def _header(file: Path) -> tuple[tuple[int, int], str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as image:
                size, mode = image.size, image.mode
    except _UNREADABLE:
        raise InputError(_unreadable(file)) from None
    if mode in _DEEP_MODES:
        raise InputError(f"images must have 8 bits a channel, got mode {mode} for {file}: convert them to 8-bit PNG.")
    return size, mode


def _pixels(file: Path, mode: str) -> np.ndarray:
    try:
        with Image.open(file) as image:
            pixels = np.asarray(image.convert(mode))
    except _UNREADABLE:
        raise InputError(_unreadable(file)) from None
    return pixels[..., None] if mode == "L" else pixels


def _unreadable(file: Path) -> str:
    return f"every image must be readable, but {file} is damaged or no image: replace or remove it."
