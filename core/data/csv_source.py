"""``csv:PATH``: a table that lists images of its folder, or a table of numbers and categories; columns may be named behind the path."""

import hashlib
from pathlib import Path
from urllib.parse import parse_qsl

from core.data.dataset import ImageDataset
from core.data.files import named
from core.data.folder import Listing, folder_fingerprint, load_folder
from core.data.metadata import WHAT, describe
from core.data.tables import load_table
from core.lab.errors import InputError

ASKED = ("label", "group")


def _parts(source: str) -> tuple[Path, str, str]:
    """Return path, column of the class and column of the group; a file whose name has a question mark is taken as it is."""
    rest = source.partition(":")[2].strip()
    text, mark, asked = rest.rpartition("?")
    given = dict(parse_qsl(asked)) if mark and "=" in asked else {}
    if not given:
        return named(rest, WHAT), "", ""
    if strange := [name for name in given if name not in ASKED]:
        raise InputError(f"behind a table's path only label=COLUMN and group=COLUMN may stand, got {strange[0][:40]!r}: drop it.")
    return named(text, WHAT), given.get("label", ""), given.get("group", "")


def csv_fingerprint(source: str) -> str:
    """Return the hash of a table, and of the images that it lists.

    Raises:
        InputError: If it cannot be read, or an image is missing.
    """
    path, label, group = _parts(source)
    found = describe(path, label, group)
    if found.file:
        return folder_fingerprint(path.parent, Listing(path, label, group))
    return _table_hash(found.digest, label, group)


def load_csv(source: str) -> ImageDataset:
    """Return the data set that a table is, or lists.

    Raises:
        InputError: If it breaks a rule.
    """
    path, label, group = _parts(source)
    found = describe(path, label, group)
    if found.file:
        return load_folder(path.parent, Listing(path, label, group))
    return load_table(source, path, found, _table_hash(found.digest, label, group))


def _table_hash(digest: str, label: str, group: str) -> str:
    return hashlib.blake2b(f"table {digest} {label} {group}".encode(), digest_size=32).hexdigest()
