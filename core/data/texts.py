"""Labelled texts by the text that names them: ``fortunes``, which is bundled, or ``csv:PATH``.

A CSV file has a header with the columns ``text`` and ``label``, or what other collections call them; further columns are not read. Other
delimiters, encodings and JSON are known (``core.data.rows``).
"""

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from core.data.files import named, read_whole
from core.data.rows import read_rows
from core.lab.errors import InputError

BUNDLED = "fortunes"
PREFIX = "csv:"
WHAT = "a CSV of texts"
COLUMNS = {  # and what other collections call them
    "text": ("sentence", "review", "message", "content", "body", "tweet", "v2"),
    "label": ("sentiment", "class", "category", "target", "v1", "y")}
FOLDER = Path(__file__).resolve().parents[2] / "assets" / "fortunes"
BUNDLED_FILE = FOLDER / "fortunes.csv"
BUNDLED_FINGERPRINT = "bf3df512f84d65125a3fa2c9aeb84d3b7bf7423a3bd8db9301549208fa59e3e6"
FEWEST_PER_LABEL, MOST_LABELS, MOST_BYTES = 4, 100, 200 * 2**20
LONGEST = 20_000  # characters of one text; what a tokeniser would cut anyway


@dataclass(frozen=True, eq=False)
class TextDataset:
    """Labelled texts of one source, checked.

    Attributes:
        source: The text that names it, such as ``fortunes`` or ``csv:mails.csv``.
        title: Its name on screen.
        texts: The texts, N of them, in the order of the file.
        y: Their classes, int64 (N,), 0 to C - 1; every class occurs at least four times.
        class_names: The labels, in alphabetical order.
        fingerprint: Hash of the content, hexadecimal; what results are keyed by.
        licence: Under which terms the texts may be used; empty where unknown.
        notes: What was changed or recognised on reading, a clause each.
    """

    source: str
    title: str
    texts: tuple[str, ...]
    y: np.ndarray
    class_names: tuple[str, ...]
    fingerprint: str
    licence: str
    notes: tuple[str, ...] = ()


def check_text_source(text: str) -> None:
    """Refuse a text that names no source of texts; whether the file exists is not looked at.

    Raises:
        InputError: If ``text`` is neither ``fortunes`` nor ``csv:PATH``.
    """
    if text == BUNDLED or (text.startswith(PREFIX) and text.removeprefix(PREFIX).strip() and "\0" not in text):
        return
    raise InputError(f"texts must be {BUNDLED} or csv:PATH, got {text!r}.")


def text_fingerprint(source: str) -> str:
    """Return the hash of a source's content, equal to ``load_texts(source).fingerprint``.

    Raises:
        InputError: If the source is missing.
    """
    check_text_source(source)
    return BUNDLED_FINGERPRINT if source == BUNDLED else _hash(read_whole(_path(source), WHAT, MOST_BYTES))


def load_texts(source: str) -> TextDataset:
    """Return the texts that ``source`` names, checked.

    Raises:
        InputError: If the file is missing, damaged, or breaks a rule.
    """
    check_text_source(source)
    path = _path(source)
    content = read_whole(path, WHAT, MOST_BYTES)
    found = _hash(content)
    if source == BUNDLED and found != BUNDLED_FINGERPRINT:
        raise InputError(f"the bundled texts must match their checksum, got {found}: restore assets/fortunes from the repository.")
    texts, labels, notes = _rows(content, path)
    names = sorted(set(labels))
    _check_labels(labels, names, path)
    place = {name: index for index, name in enumerate(names)}
    return TextDataset(
        source=source, title="Fortunes by category" if source == BUNDLED else path.name, texts=texts,
        y=np.array([place[label] for label in labels], dtype=np.int64), class_names=tuple(names), fingerprint=found,
        licence="BSD, as Debian's package fortunes" if source == BUNDLED else "", notes=tuple(notes) if source != BUNDLED else ())


def split(dataset: TextDataset, sizes: tuple[int, ...], rng: np.random.Generator) -> list[np.ndarray]:
    """Return the rows of disjoint parts, drawn at random and balanced over the classes as far as they reach.

    Args:
        dataset: The texts.
        sizes: How many texts each part holds; together at most all.
        rng: Draws them.

    Raises:
        InputError: If there are too few texts.
    """
    check_split(dataset, *sizes)
    order = rng.permutation(len(dataset.texts))
    rank = np.empty(len(order), dtype=np.int64)  # how many texts of the same class come before it in the drawn order
    for label in range(len(dataset.class_names)):
        rows = order[dataset.y[order] == label]
        rank[rows] = np.arange(len(rows))
    dealt = order[np.argsort(rank[order], kind="stable")]
    edges = np.cumsum((0, *sizes))
    return [np.sort(dealt[start:end]) for start, end in pairwise(edges)]


def check_split(dataset: TextDataset, *sizes: int) -> None:
    """Refuse parts that need more texts than there are.

    Raises:
        InputError: If they do.
    """
    if sum(sizes) > len(dataset.texts):
        raise InputError(f"training, validation and test texts together must be at most the {len(dataset.texts)} texts of "
                         f"{dataset.title}, got {' + '.join(str(size) for size in sizes)}: lower one of them.")


def _path(source: str) -> Path:
    return BUNDLED_FILE if source == BUNDLED else named(source.removeprefix(PREFIX), "a CSV of texts")


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=32).hexdigest()


def _rows(content: bytes, path: Path) -> tuple[tuple[str, ...], list[str], list[str]]:
    """Return texts, labels and notes; empty lines are skipped."""
    table = read_rows(content, path, WHAT)
    notes = list(table.notes)
    places = [table.column(name, *others) for name, others in COLUMNS.items()]
    missing = [name for name, place in zip(COLUMNS, places, strict=True) if place < 0]
    if missing:
        are, others = "is" if len(missing) == 1 else "are", len(table.names) - len(COLUMNS) + len(missing)
        raise InputError(f"a CSV of texts must have the columns text and label, but {' and '.join(missing)} {are} missing "
                         f"(found {others} other column{'' if others == 1 else 's'}): name the columns in the first line.")
    notes += [f"the column {table.names[place]} was read as {name}" for name, place in zip(COLUMNS, places, strict=True)
              if table.names[place] != name]
    found = [(number, *(row[place].strip() if place < len(row) else "" for place in places)) for number, row in table.rows]
    empty = [number for number, text, label in found if not text or not label]
    if empty:
        raise InputError(f"every row of a CSV of texts must hold a text and a label, got {len(empty)} without in {path.name}, the first on "
                         f"line {empty[0]}: fill it in or remove the row.")
    if long := sum(len(text) > LONGEST for _, text, _ in found):
        notes.append(f"{long} texts were cut after {LONGEST} characters")
    if again := len(found) - len({text for _, text, _ in found}):
        notes.append(f"{again} texts repeat an earlier one")
    return tuple(text[:LONGEST] for _, text, _ in found), [label for _, _, label in found], notes


def _check_labels(labels: list[str], names: list[str], path: Path) -> None:
    if len(names) < 2:
        raise InputError(f"a CSV of texts must hold at least two different labels, got {len(names)} in {path.name}: add texts "
                         "with another label.")
    if len(names) > MOST_LABELS:
        raise InputError(f"a CSV of texts may hold at most {MOST_LABELS} labels, got {len(names)} in {path.name}: check that "
                         "the column label holds classes.")
    rarest = min(names, key=labels.count)
    if labels.count(rarest) < FEWEST_PER_LABEL:
        raise InputError(f"every label needs at least {FEWEST_PER_LABEL} texts, got {labels.count(rarest)} of the label of text "
                         f"{labels.index(rarest) + 1}: add texts or remove the label.")
