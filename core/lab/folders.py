"""Folders that are either whole or not there: staged, flushed, checksummed, renamed once.

A folder's manifest names every other file with its BLAKE2b checksum. A folder that does not match its manifest is moved to
quarantine, never read. Nothing here unpickles.
"""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from core.lab.errors import InputError, RunFailed

MANIFEST = "manifest.json"


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
def lock(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold an operating-system lock on ``path``; yield whether it was obtained. A killed process frees it."""
    with path.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
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
    part.write_text(json.dumps(value, allow_nan=False), encoding="utf-8")
    if durable:
        flush(part)
    part.replace(path)


def read_json(path: Path) -> Any | None:
    """Return what ``path`` holds, or None when it is missing or not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
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
    staging_root = make_folder(home / "staging")
    staging = staging_root / uuid.uuid4().hex
    try:
        with lock(staging_root / f"{staging.name}.lock"):
            staging.mkdir()
            for name, write in writers.items():
                write(staging / name)
                flush(staging / name)
            files = {name: checksum(staging / name) for name in writers}
            write_json(staging / MANIFEST, {**manifest, "files": files}, durable=True)
            flush(staging)
            destination.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                _rename_new(staging, destination)
            flush(destination.parent)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise RunFailed("The disk is full: free some space, then run again; what was stored before is intact.") from error
        raise RunFailed(f"The result could not be stored ({error.strerror}): check the folder GLASSHOUSE_HOME.") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        (staging_root / f"{staging.name}.lock").unlink(missing_ok=True)


def _rename_new(staging: Path, destination: Path) -> None:
    try:
        staging.rename(destination)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise FileExistsError(destination) from error
        raise


def sweep_staging(home: Path) -> int:
    """Remove what killed writers left behind; return how many folders went."""
    staging_root = home / "staging"
    swept = 0
    for path in staging_root.glob("*.lock") if staging_root.is_dir() else ():
        if not is_locked(path):
            shutil.rmtree(path.with_suffix(""), ignore_errors=True)
            path.unlink(missing_ok=True)
            swept += 1
    return swept


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder whose every file matches its checksum, or None."""
    manifest = read_json(folder / MANIFEST)
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        return None
    try:
        for name, expected in manifest["files"].items():
            if Path(name).name != name or checksum(folder / name) != expected:
                return None
    except OSError:
        return None
    return manifest


def quarantine(home: Path, folder: Path) -> None:
    """Move a damaged folder out of sight; it is kept for inspection."""
    place = make_folder(home / "quarantine") / f"{folder.parent.name}-{folder.name}-{uuid.uuid4().hex[:8]}"
    with contextlib.suppress(FileNotFoundError):
        folder.rename(place)
