"""Tables of text as people keep them, read in one place: CSV with any of the usual delimiters, JSON, JSON lines, one text a line.

No message quotes what stands in a file; it names the file and the line.
"""

import csv
import io
import json
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from core.lab.errors import InputError

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
PLAIN_SUFFIXES = (".txt", ".text", ".lst")


@dataclass(frozen=True)
class Rows:
    """The rows of a table.

    Attributes:
        names: Names of the columns as they stand in the first line, in small letters; whether that line is a header the caller decides.
        first: The first line as a row, for tables without a header.
        rows: The rows below it, with the number of the line on which each ends; lines without any text are skipped.
        notes: What was taken otherwise than plain UTF-8 with commas, a clause each.
    """

    names: tuple[str, ...]
    first: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    notes: tuple[str, ...]

    def column(self, *names: str) -> int:
        """Return the place of the first of ``names`` that is a column; -1 where none is."""
        return next((self.names.index(name) for name in names if name in self.names), -1)


def read_rows(content: bytes, path: Path, what: str) -> Rows:
    """Return the rows of a file.

    Args:
        content: Its bytes.
        path: Where it lies; messages name it, and its ending says whether it is one text a line.
        what: What messages call it, such as "a CSV of texts".

    Raises:
        InputError: If it is no text, not well formed, or a row has more fields than the first line.
    """
    text, notes = decoded(content, path, what)
    if path.suffix.lower() in PLAIN_SUFFIXES and "\t" not in text.partition("\n")[0]:
        lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        notes.append("every line was taken as one text")
        return Rows((), (), tuple((number, (line,)) for number, line in lines), tuple(notes))
    if text.lstrip()[:1] in ("[", "{") and path.suffix.lower() != ".csv":
        return _from_json(text, path, what, notes)
    return _from_csv(text, path, what, notes)


def decoded(content: bytes, path: Path, what: str) -> tuple[str, list[str]]:
    """Return the text of a file and notes on its encoding: UTF-8, UTF-16 with a mark, or else Windows-1252.

    Raises:
        InputError: If it is no text.
    """
    notes: list[str] = []
    encoding = "utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    if encoding == "utf-16":
        notes.append("it was written in UTF-16")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-16" or content.startswith(BOM_UTF8):
            raise InputError(f"{what} must be whole text, got a fault in the letters of {path}: save it again as UTF-8.") from None
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise InputError(f"{what} must be written in UTF-8, got {path}: save it again as UTF-8.") from None
        notes.append("it is not written in UTF-8 and was read as Windows-1252 (Western European)")
    if "\0" in text:
        raise InputError(f"{what} must be text, got zero bytes in {path.name}, line {text[:text.index(chr(0))].count(chr(10)) + 1}: export "
                         "it again.")
    return text, notes


def _from_csv(text: str, path: Path, what: str, notes: list[str]) -> Rows:
    delimiter = delimiter_of(text, notes)
    try:
        found = _parse(text, delimiter)
    except csv.Error as plain:
        try:
            found = _parse(text, delimiter, escapechar="\\", doublequote=False)
            notes.append("quotes inside texts are escaped by backslashes")
        except csv.Error:
            raise InputError(f"{what} must be well formed, got a fault in {path.name}, line {plain.args[1]}: export it again.") from None
    if not found:
        return Rows((), (), (), tuple(notes))
    (_, first), rows = found[0], found[1:]
    surplus = [number for number, row in rows if len(row) > len(first)]
    if surplus:
        raise InputError(f"no row of {what} may have more fields than the first line, got {len(surplus)} in {path.name}, the first on "
                         f"line {surplus[0]}: put texts that hold a delimiter into quotes.")
    return Rows(tuple(name.strip().casefold() for name in first), first, tuple(rows), tuple(notes))


def delimiter_of(text: str, notes: list[str]) -> str:
    """Return the one of ``DELIMITERS`` that parts the fields of the first line; a note tells of any but the comma."""
    head = text.lstrip("\r\n").splitlines()[0] if text.strip() else ""
    counted = Counter("".join(head.split('"')[::2]))  # outside of quotes
    delimiter = max(DELIMITERS, key=lambda one: counted[one]) if any(counted[one] for one in DELIMITERS) else ","
    if delimiter != ",":
        notes.append(f"fields are parted by {DELIMITERS[delimiter]}")
    return delimiter


def _parse(text: str, delimiter: str, *, escapechar: str | None = None, doublequote: bool = True) -> list[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, escapechar=escapechar, doublequote=doublequote, strict=True)
    found = []
    try:
        for row in reader:
            if any(map(str.strip, row)):
                found.append((reader.line_num, tuple(row)))
    except csv.Error as error:
        raise csv.Error(str(error), reader.line_num) from None
    return found


def _from_json(text: str, path: Path, what: str, notes: list[str]) -> Rows:
    try:
        if text.lstrip()[0] == "[":
            entries = list(enumerate(json.loads(text), start=1))
            notes.append("it is a JSON list")
        else:
            entries = [(number, json.loads(line)) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
            notes.append("it is JSON, one object a line")
    except (ValueError, RecursionError):
        raise InputError(f"{what} must be well formed, got JSON with a fault in {path.name}: export it again.") from None
    if all(isinstance(entry, str) for _, entry in entries):
        return Rows((), (), tuple((number, (entry,)) for number, entry in entries if entry.strip()), tuple(notes))
    wrong = next((number for number, entry in entries if not isinstance(entry, dict) or not all(
        value is None or isinstance(value, str | int | float) for value in entry.values())), None)
    if wrong is not None:
        raise InputError(f"every entry of {what} must be an object of texts and numbers, got another in {path.name}, entry {wrong}: "
                         "flatten it.")
    names = tuple(dict.fromkeys(name for _, entry in entries for name in entry))
    rows = tuple((number, tuple("" if entry.get(name) is None else str(entry[name]) for name in names)) for number, entry in entries)
    return Rows(tuple(name.strip().casefold() for name in names), names, rows, tuple(notes))
