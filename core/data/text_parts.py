"""Labelled texts with their parts, for models that are asked, not trained: ``csv:PATH`` with text, label and, as wanted, split and group.

Rows of the part ``shifted`` are texts that have drifted. Whatever ``core.data.rows`` reads will do: other delimiters, JSON, JSON lines.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from core.data.files import named, read_whole
from core.data.metadata import GROUPS, PARTS, SPLITS
from core.data.rows import read_rows
from core.data.texts import COLUMNS, LONGEST, MOST_BYTES, PREFIX
from core.lab.errors import InputError

WHAT = "a table of texts"
SHIFTED = ("shifted", "shift", "drift", "drifted", "ood")
TRAIN, TEST, AWAY = "train", "test", "shifted"


@dataclass(frozen=True, eq=False)
class TextParts:
    """Texts with what is known of each.

    Attributes:
        texts: The texts, N of them.
        labels: Their labels as written (N,).
        part: ``train``, ``test`` or ``shifted`` of each (N,); all ``test`` where the file does not say.
        has_split: Whether the file says it.
        group: Group of each as written (N,); None where the file has none.
        fingerprint: Hash of the file.
        notes: How it was read.
    """

    texts: tuple[str, ...]
    labels: np.ndarray
    part: np.ndarray
    has_split: bool
    group: np.ndarray | None
    fingerprint: str
    notes: tuple[str, ...]


def load_text_parts(source: str) -> TextParts:
    """Return the texts that ``csv:PATH`` names.

    Raises:
        InputError: If the file is missing, lacks texts or labels, or has a part of no known name.
    """
    if not source.startswith(PREFIX):
        raise InputError(f"a model of texts must be asked about csv:PATH with the columns text and label, got {source[:80]!r}: name such a "
                         "file as dataset.")
    path = named(source.removeprefix(PREFIX), WHAT)
    content = read_whole(path, WHAT, MOST_BYTES)
    table = read_rows(content, path, WHAT)
    text, label = (table.column(name, *others) for name, others in COLUMNS.items())
    if min(text, label) < 0:
        raise InputError(f"{WHAT} must have the columns text and label, got {path.name} with {len(table.names)} columns without "
                         f"{'text' if text < 0 else 'label'}: name them in the first line.")
    split, group = table.column(*SPLITS, "part", "subset"), table.column(*(one for one in GROUPS if one != table.names[label]))
    rows = [row + ("",) * (len(table.names) - len(row)) for _, row in table.rows]
    whole = [row for row in rows if row[text].strip() and row[label].strip()]
    notes = list(table.notes) + ([f"{len(rows) - len(whole)} rows without text or label were left out"] if len(whole) < len(rows) else [])
    part = np.array([_part(row[split]) if split >= 0 else TEST for row in whole], dtype=object)
    if n_unknown := int((part == "").sum()):
        raise InputError(f"the split must be train, test or shifted in every row, got something else in {n_unknown} rows of {path.name}: "
                         "correct them.")
    if n_left := int((part == "validation").sum()):
        notes.append(f"{n_left} rows of the validation part were left out")
    kept = np.flatnonzero(part != "validation")
    if not len(kept):
        raise InputError(f"{WHAT} must hold rows of texts, got none in {path.name}: add some.")
    if split < 0:
        notes.append("there was no column split: no text counts as trained on")
    if group >= 0:
        notes.append(f"the column {table.names[group]} is the group")
    return TextParts(
        tuple(whole[row][text].strip()[:LONGEST] for row in kept), np.array([whole[row][label].strip() for row in kept], dtype=object),
        part[kept], split >= 0, np.array([whole[row][group].strip() for row in kept], dtype=object) if group >= 0 else None,
        hashlib.blake2b(content, digest_size=32).hexdigest(), tuple(notes))


def _part(value: str) -> str:
    word = value.strip().casefold().removesuffix(".0")
    return AWAY if word in SHIFTED else PARTS.get(word, "")
