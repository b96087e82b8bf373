"""A zip of images, unpacked: what its directory says is checked before a byte is written, and nothing is written outside its folder."""

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from core.data.folder_layout import SUFFIXES
from core.lab.errors import InputError

WHAT = "a zip of images"
MOST_FILES, MOST_BYTES, MOST_TIMES = 100_000, 2 * 2**30, 200
KEPT = (*SUFFIXES, ".csv")  # images, and the table that may list them
BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError, zlib.error)


def unpack(path: Path, folder: Path) -> list[str]:
    """Write the images and tables of an archive below a new folder; return notes on what was left out.

    Raises:
        InputError: If it is no zip, reaches outside its folder, or unpacks to more than it may.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            taken, notes = _taken(archive, path)
            folder.mkdir()
            for info in taken:
                target = folder / PurePosixPath(info.filename)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as packed, target.open("xb") as file:
                    _copy(packed, file, info.file_size)
    except BROKEN as error:
        raise InputError(f"{WHAT} must be whole, unencrypted and hold each name once, got {path.name} ({type(error).__name__}): pack it "
                         "again.") from None
    return notes


def _taken(archive: zipfile.ZipFile, path: Path) -> tuple[list[zipfile.ZipInfo], list[str]]:
    """Return the entries to unpack, once all of them have been found harmless."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_FILES:
        raise InputError(f"{WHAT} may hold {MOST_FILES:,} files, got {len(infos):,} in {path.name}: use fewer.")
    total = sum(info.file_size for info in infos)
    if total > MOST_BYTES or total > MOST_TIMES * max(2**20, path.stat().st_size):
        raise InputError(f"{WHAT} may unpack to {MOST_BYTES >> 20} MB and to {MOST_TIMES} times its size, got {total >> 20} MB of "
                         f"{path.stat().st_size >> 10} KB in {path.name}: use less of it.")
    for info in infos:
        place, mode = PurePosixPath(info.filename), info.external_attr >> 16
        if place.is_absolute() or ".." in place.parts or "\\" in info.filename or (mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG)):
            raise InputError(f"{WHAT} must hold plain files below its folder, got {path.name} with a link or a name that leads out of it: "
                             "pack the folder again.")
    seen = [info for info in infos if not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(info.filename).parts)]
    taken = [info for info in seen if info.filename.lower().endswith(KEPT)]
    left = len(seen) - len(taken)
    if not taken:
        raise InputError(f"{WHAT} must hold images in class folders, got {len(infos)} files without any in {path.name}: lay them out as "
                         "train/CLASS/*.png and test/CLASS/*.png.")
    return taken, [f"{left} files of the zip are no images and were left out"] if left else []


def _copy(packed: zipfile.ZipExtFile, file: object, n_bytes: int) -> None:
    """Copy exactly what the directory announced: an archive whose directory lies ends here."""
    left = n_bytes
    while block := packed.read(min(1 << 20, left + 1)):
        left -= len(block)
        if left < 0:
            raise ValueError("longer than announced")
        file.write(block)
