"""Folders that are either whole or not there: staged, flushed, checksummed, renamed once.

A folder's manifest names every other file with its BLAKE2b checksum and carries a seal over itself. A folder that does not match
its manifest is moved to quarantine, never read. Nothing here unpickles.
"""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from core.lab.config import canonical
from core.lab.errors import InputError, RunFailed

MANIFEST = "manifest.json"
USED_SECONDS = 60.0
PASSING = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EACCES, errno.EPERM, errno.EINTR, errno.ESTALE, errno.EIO)
DISK_FULL = "The disk is full: free some space, then run again; what was stored before is intact."


def is_disk_full(error: OSError) -> bool:
    """Return whether an error means that no space is left, on the disk or in the user's quota."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def is_passing(error: BaseException) -> bool:
    """Return whether an error says something about this moment or this process (no descriptors, no right), not about the file."""
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in PASSING)


def checksum(path: Path) -> str:
    """Return the 128-bit BLAKE2b digest of a file as 32 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def digest_of(text: str) -> str:
    """Return the 64-bit BLAKE2b digest of a text as 16 hexadecimal digits."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def flush(path: Path) -> None:
    """Force a file or a folder's entries to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path) -> Path:
    """Return ``path`` as an existing folder; an ``InputError`` says when it cannot be one."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"GLASSHOUSE_HOME must be a folder that can be written, got {str(path)!r} "
                         f"({error.strerror}): choose another.") from None
    return path


@contextlib.contextmanager
def lock(path: Path, *, wait: bool = True, shared: bool = False) -> Iterator[bool]:
    """Hold an operating-system lock on ``path``; yield whether it was obtained. A killed process frees it.

    Args:
        path: File to lock; made if need be.
        wait: Whether to wait for other holders, or to yield False at once.
        shared: Whether others may hold it at the same time, if they too hold it shared.
    """
    with path.open("a+b") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def is_locked(path: Path) -> bool:
    """Return whether a living process holds the lock on ``path``."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def write_json(path: Path, value: object, *, durable: bool = False) -> None:
    """Replace ``path`` by the JSON of ``value`` in one step, so that a reader sees the old or the new text, never a part."""
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        part.write_text(json.dumps(value, allow_nan=False), encoding="utf-8")
        if durable:
            flush(part)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def overwrite_json(path: Path, value: object) -> None:
    """Write JSON over the text of an existing small file: for a full disk, where no second file fits beside it."""
    with path.open("r+b", buffering=0) as file:
        file.write(json.dumps(value, allow_nan=False).encode().ljust(path.stat().st_size))


def read_json(path: Path) -> Any | None:
    """Return what ``path`` holds, or None when it is missing or not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def write_folder(home: Path, destination: Path, writers: Mapping[str, Callable[[Path], None]],
                 manifest: Mapping[str, Any]) -> None:
    """Write a folder so that it appears whole or not at all.

    Args:
        home: Root that holds the staging area, on the same file system as ``destination``.
        destination: Where the folder appears; if it is there already, what was written is dropped.
        writers: One function per file, given the path to write.
        manifest: Further entries of the manifest, JSON values.

    Raises:
        RunFailed: If the disk is full or the folder cannot be written.
    """
    staging = home / "staging" / uuid.uuid4().hex
    try:
        staging.parent.mkdir(parents=True, exist_ok=True)
        with lock(staging.with_name(".lock"), shared=True):  # while anybody writes, nobody sweeps
            try:
                _stage(staging, writers, manifest)
                destination.parent.mkdir(parents=True, exist_ok=True)
                with contextlib.suppress(FileExistsError):
                    _rename_new(staging, destination)
                flush(destination.parent)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        if is_disk_full(error):
            raise RunFailed(DISK_FULL) from error
        raise RunFailed(f"The result could not be stored ({error.strerror}): check the folder GLASSHOUSE_HOME.") from error


def _stage(staging: Path, writers: Mapping[str, Callable[[Path], None]], manifest: Mapping[str, Any]) -> None:
    staging.mkdir()
    for name, write in writers.items():
        write(staging / name)
        flush(staging / name)
    whole = {**manifest, "files": {name: checksum(staging / name) for name in writers}}
    write_json(staging / MANIFEST, {**whole, "seal": digest_of(canonical(whole))}, durable=True)
    flush(staging)


def _rename_new(staging: Path, destination: Path) -> None:
    try:
        staging.rename(destination)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise FileExistsError(destination) from error
        raise


def sweep_staging(home: Path) -> int:
    """Remove what killed writers left behind; return how many folders went."""
    if not (home / "staging").is_dir():
        return 0
    with lock(home / "staging" / ".lock", wait=False) as alone:
        left = [path for path in (home / "staging").iterdir() if path.is_dir()] if alone else []
        for path in left:
            shutil.rmtree(path, ignore_errors=True)
    return len(left)


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder, without its seal, when it and every file are as they were written; otherwise None."""
    manifest = read_seal(folder)
    if manifest is None:
        return None
    try:
        for name, expected in manifest["files"].items():
            if Path(name).name != name or checksum(folder / name) != expected:
                return None
    except (OSError, ValueError, RecursionError):
        return None
    return manifest


def _is_readable(folder: Path) -> bool:
    """Return whether every file of a folder can be opened and read at this moment."""
    try:
        for path in folder.iterdir():
            if path.is_file():
                checksum(path)
    except (OSError, MemoryError) as error:
        return not is_passing(error)
    return True


def use(folder: Path) -> None:
    """Stamp a folder as used now, once a minute at most: what has not been used for long goes first when room is needed."""
    with contextlib.suppress(OSError):
        if abs(time.time() - folder.stat().st_mtime) > USED_SECONDS:
            os.utime(folder)


def read_seal(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder, without its seal, when it alone is as it was written, whatever became of the other files."""
    manifest = read_json(folder / MANIFEST)
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        return None
    seal = manifest.pop("seal", None)
    try:
        return manifest if seal == digest_of(canonical(manifest)) else None
    except (ValueError, RecursionError):
        return None


def quarantine(home: Path, folder: Path) -> None:
    """Move a damaged folder out of sight; it is kept for inspection. One that cannot be read just now stays where it is."""
    if not _is_readable(folder):
        return
    place = home / "quarantine" / f"{folder.parent.name}-{folder.name}-{uuid.uuid4().hex[:8]}"
    with contextlib.suppress(OSError):  # whoever reads gets "not there" in any case
        place.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(place)
