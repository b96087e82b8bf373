"""Files that somebody names: regular ones alone, their size before their content, and none of the content in a message.

The path may have been typed by another user of the same server, who must learn nothing about a file but whether it can be used.
"""

import os
import stat
from pathlib import Path

from core.lab import access, uploads
from core.lab.errors import InputError

LONGEST_NAME, LONGEST_PATH = 255, 4096  # bytes that Linux takes


def named(text: str, what: str) -> Path:
    """Return the path that somebody typed and may read, with ``~`` read as a home folder; whether anything is there is not looked at.

    ``upload:HASH`` names a file that was brought through a page.

    Raises:
        InputError: If no file can have that name, ``~`` is followed by no user of this machine, the app may not read there, or an
            upload is not theirs who ask.
    """
    if uploads.is_named(text):
        return uploads.path_of(text)
    path = typed(text, what)
    access.check_path(path, what)
    return path


def typed(text: str, what: str) -> Path:
    """Return the path that somebody typed, wherever it leads; for callers that ask ``core.lab.access`` themselves.

    Raises:
        InputError: If no file can have that name, or ``~`` is followed by no user of this machine.
    """
    text = text.strip()
    if "\0" in text or len(os.fsencode(text)) >= LONGEST_PATH or any(len(os.fsencode(part)) > LONGEST_NAME for part in text.split("/")):
        raise InputError(f"{what} must be a path that a file can have, got {text[:80]!r} of {len(text)} characters: check the path.")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise InputError(f"{what} must be a path without an unknown user's home, got {text[:80]!r}: write the folder out.") from None


def check_regular(path: Path, what: str, most_bytes: int) -> None:
    """Refuse what is no regular file, such as a device or a pipe, and what is too large; the content is not read.

    Args:
        path: The file.
        what: What messages call it, such as "a CSV of texts".
        most_bytes: Largest size in bytes.

    Raises:
        InputError: If there is no such file, it is not regular, or larger.
    """
    try:
        _check(path.stat(), path, what, most_bytes)
    except OSError as error:
        raise _missing(path, what, error) from None


def read_whole(path: Path, what: str, most_bytes: int) -> bytes:
    """Return the content of a regular file.

    Raises:
        InputError: If there is no such file, it is not regular, larger than ``most_bytes``, or cannot be read.
    """
    try:
        check_regular(path, what, most_bytes)
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:  # a pipe that took its place meanwhile does not block
            _check(os.fstat(file.fileno()), path, what, most_bytes)
            content = file.read(most_bytes + 1)
    except OSError as error:
        raise _missing(path, what, error) from None
    if len(content) > most_bytes:  # it grew while it was read
        raise _large(path, what, most_bytes)
    return content


def read_listed(path: Path | str, what: str, most_bytes: int) -> bytes:
    """Return the content of a file that a listing of its folder has just called regular: opened and looked at once.

    Raises:
        InputError: As ``read_whole``.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe that took its place meanwhile does not block
        try:
            found = os.fstat(handle)
            _check(found, path, what, most_bytes)
            content = os.read(handle, found.st_size + 1)
            while len(content) < found.st_size and (more := os.read(handle, found.st_size + 1 - len(content))):
                content += more
        finally:
            os.close(handle)
    except OSError as error:
        raise _missing(path, what, error) from None
    return content


def _check(found: os.stat_result, path: Path, what: str, most_bytes: int) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise InputError(f"{what} must be an existing file, got {path}, which is a folder, a device or a pipe: check the path.")
    if found.st_size > most_bytes:
        raise _large(path, what, most_bytes)


def _large(path: Path, what: str, most_bytes: int) -> InputError:
    return InputError(f"{what} may take at most {most_bytes >> 20} MB, got {path}: use less of it.")


def _missing(path: Path, what: str, error: OSError) -> InputError:
    return InputError(f"{what} must be an existing file that can be read, got {path} ({error.strerror}): check the path.")
