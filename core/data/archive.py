"""Arrays in an npz archive, looked at by their headers and then read from the very entries that were looked at.

NumPy takes an entry ``x`` for an array before ``x.npy``, and of two entries of one name the last: a file could show one and hand over
the other. Here every name must stand once.
"""

import math
import zipfile
from typing import IO

import numpy as np

from core.lab.errors import InputError

LARGE, MOST_TIMES = 2**26, 200  # bytes from which compression is looked at, and how many times it may be worth


def members(archive: zipfile.ZipFile, what: str) -> dict[str, zipfile.ZipInfo]:
    """Return the entries of an archive by the names of their arrays.

    Raises:
        InputError: If a name stands twice.
    """
    infos = archive.infolist()
    found = {info.filename.removesuffix(".npy"): info for info in infos}
    if len(found) < len(infos):
        raise InputError(f"{what} must hold each array once, got {len(infos)} entries of {len(found)} names: write it again with "
                         "numpy.savez.")
    return found


def declared_bytes(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> int:
    """Return how many bytes an array says it takes; no value is read.

    Raises:
        InputError: If it holds Python objects or has a negative side.
        ValueError: If it is no array.
    """
    with archive.open(info) as file:
        shape, dtype = _header(file)
    if dtype.hasobject:
        raise InputError(f"{name} must hold numbers, got Python objects: convert it to a plain array and save again.")
    if any(length < 0 for length in shape):
        raise InputError(f"{name} must have a shape of whole numbers from 0 on, got a negative one: save it again with numpy.savez.")
    return max(math.prod(shape) * dtype.itemsize, info.file_size)


def check_worth(info: zipfile.ZipInfo, declared: int, name: str) -> None:
    """Refuse an array that grows out of all proportion when it is unpacked: measured values do not.

    Raises:
        InputError: If it does.
    """
    if declared > LARGE and declared > MOST_TIMES * max(1, info.compress_size):
        raise InputError(f"{name} must be worth its size, got {declared >> 20} MB in {info.compress_size >> 10} KB of the file: save it "
                         "with numpy.savez.")


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(file)
    return shape, dtype


def read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> np.ndarray:
    """Return an array whose header was found sound."""
    with archive.open(info) as file:
        return np.lib.format.read_array(file, allow_pickle=False)
