"""Passages that may have been in training, beside others like them that were not: ``csv:PATH``. Imports no torch.

Columns: ``text`` (or what collections call it) and ``member``: 1, true or yes for a passage that is suspected, 0, false or no for one
that is known not to have been seen. The two kinds should differ in nothing else: a test by likelihood hears a difference in style, too.
"""

import hashlib
from pathlib import Path

import numpy as np

from core.data.files import named, read_whole
from core.data.pairs import Pair
from core.data.rows import read_rows
from core.lab.errors import InputError

PREFIX, WHAT = "csv:", "a CSV of passages"
TEXT_COLUMNS, MEMBER_COLUMNS = ("text", "passage", "input", "snippet"), ("member", "trained", "label")
YES, NO = ("1", "true", "yes"), ("0", "false", "no")
FEWEST, LONGEST, MOST_BYTES = 8, 20_000, 50 * 2**20


def check_passages(text: str) -> None:
    """Refuse a text that names no passages; whether the file exists is not looked at.

    Raises:
        InputError: If ``text`` is not ``csv:PATH``.
    """
    if not (text.startswith(PREFIX) and text.removeprefix(PREFIX).strip() and "\0" not in text):
        raise InputError(f"passages must be csv:PATH, got {text[:200]!r}.")


def passages_fingerprint(source: str) -> str:
    """Return the hash of a file of passages, once it was read and checked.

    Raises:
        InputError: If the file is missing or breaks a rule.
    """
    read_passages(source)
    return hashlib.blake2b(read_whole(_path(source), WHAT, MOST_BYTES), digest_size=32).hexdigest()


def read_passages(source: str) -> tuple[tuple[Pair, ...], np.ndarray]:
    """Return passages, each a response without a prompt, and which of them are suspected, bool (N,); repeated ones once.

    Raises:
        InputError: If the file is missing or breaks a rule, or there are too few of either kind.
    """
    check_passages(source)
    path = _path(source)
    table = read_rows(read_whole(path, WHAT, MOST_BYTES), path, WHAT)
    text, member = table.column(*TEXT_COLUMNS), table.column(*MEMBER_COLUMNS)
    if text < 0 or member < 0:
        raise InputError(f"{WHAT} must have the columns text and member, got {len(table.names)} others in {path.name}: name them in the "
                         "first line.")
    found: dict[str, bool] = {}
    for number, row in table.rows:
        said = row[member].strip().casefold() if member < len(row) else ""
        if said not in (*YES, *NO) or text >= len(row) or not row[text].strip():
            raise InputError(f"every row of {WHAT} must hold a text and a member of 1 or 0, got another on line {number} of {path.name}: "
                             "mend or remove the row.")
        if found.setdefault(row[text].strip()[:LONGEST], said in YES) != (said in YES):
            raise InputError(f"a passage must be suspected or not, got both, the second time on line {number} of {path.name}: remove one.")
    members = np.array(list(found.values()), dtype=bool)
    if min(members.sum(), (~members).sum()) < FEWEST:
        raise InputError(f"{WHAT} must hold at least {FEWEST} passages of either kind, got {int(members.sum())} suspected and "
                         f"{int((~members).sum())} others in {path.name}: add some.")
    return tuple(Pair("", passage) for passage in found), members


def _path(source: str) -> Path:
    return named(source.removeprefix(PREFIX), WHAT)
