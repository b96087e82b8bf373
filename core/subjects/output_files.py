"""Files of outputs, npz or CSV, read into arrays under plain names; what they say is checked by ``core.subjects.outputs``.

An npz file holds the arrays of ``output_names.ALIASES``. A CSV file has a line for each output, with ``y``, one column for each class
(``logit_0``, ``logit_1``, ... or ``prob_0``, ``prob_1``, ...), and as wanted ``part`` (home or shifted, or train and test), ``member``
(0 or 1) and ``group``.
"""

import io
import re
import zipfile
import zlib
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from core.data.archive import check_worth, declared_bytes, members, read
from core.data.frames import read_frame
from core.lab.errors import InputError
from core.subjects.output_names import ALIASES, MEMBERS, OTHERS, recognise

WHAT = "a file of outputs"
MOST_BYTES = 2**30
_COLUMN = re.compile(r"(logit|prob)s?_(\d{1,4})")
_CSV = MappingProxyType({"part": ("part", "split", "set"), "y": ALIASES["y"], "group": ALIASES["group"], "members": ALIASES["members"]})
_PARTS = MappingProxyType({"home": "home", "shifted": "shifted", "away": "shifted"}
                          | dict.fromkeys(MEMBERS, "member") | dict.fromkeys(OTHERS, "other"))
BROKEN = (zipfile.BadZipFile, ValueError, OSError, EOFError, KeyError, NotImplementedError, RuntimeError, MemoryError, zlib.error)

Read = tuple[dict[str, np.ndarray], list[str]]


def from_npz(content: bytes) -> Read:
    """Return the arrays of an npz file under their plain names, and notes; sizes are read from the headers before any array is.

    Raises:
        InputError: If it is no npz file, or its arrays break a rule.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            held = members(archive, WHAT)
            names = recognise(list(held), WHAT)
            total = 0
            for alias in names.used:
                total += _declared_bytes(alias, archive, held[alias])
            if total > 2 * MOST_BYTES:
                raise InputError(f"{WHAT} must take at most {2 * MOST_BYTES >> 20} MB in all, got {total >> 20} MB: use fewer rows.")
            arrays = {plain: read(archive, held[alias]) for alias, plain in names.whole.items()}
            halves = {(plain, inside): (alias, read(archive, held[alias])) for alias, (plain, inside) in names.parts.items()}
    except BROKEN as error:
        raise InputError(f"{WHAT} must be one that numpy.savez wrote, got another ({type(error).__name__}): write it again.") from None
    return _joined(arrays, halves)


def _joined(arrays: dict[str, np.ndarray], halves: dict[tuple[str, bool], tuple[str, np.ndarray]]) -> Read:
    """Return the arrays with those of members and of others laid one after the other, and who the members are."""
    notes, counts = [], {}
    for plain in dict.fromkeys(name for name, _ in halves):
        (inside, first), (outside, second) = halves[plain, True], halves[plain, False]
        if first.ndim != second.ndim or first.ndim == 0 or first.shape[1:] != second.shape[1:]:
            raise InputError(f"{inside} and {outside} must differ in their number of rows alone, got shapes {first.shape} and "
                             f"{second.shape}.")
        arrays[plain] = np.concatenate([first, second])
        counts[plain] = (len(first), len(second))
        notes.append(f"{inside} and {outside} were joined: the first are members")
    if len(set(counts.values())) > 1:
        raise InputError("parts of members and of others must hold equally many rows of everything, got "
                         + ", ".join(f"{a} and {b} of {name}" for name, (a, b) in counts.items()) + ".")
    if counts:
        if "members" in arrays:
            raise InputError("members must be told once, got the array members beside parts of members and others: drop one.")
        a, b = next(iter(counts.values()))
        arrays["members"] = np.arange(a + b) < a
    return arrays, notes


def _declared_bytes(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    declared = declared_bytes(archive, info, name)
    if declared > MOST_BYTES:
        raise InputError(f"{name} must take at most {MOST_BYTES >> 20} MB, got {declared >> 20} MB: use fewer rows.")
    check_worth(info, declared, name)
    return 2 * declared  # numbers of two bytes become ones of four


def from_csv(content: bytes, path: Path) -> Read:
    """Return the arrays of a CSV file under their plain names, and notes.

    Raises:
        InputError: If it cannot be read or its columns break a rule.
    """
    rows, notes = read_frame(content, path, WHAT)
    column = {plain: next((name for name in aliases if name in rows.columns), None) for plain, aliases in _CSV.items()}
    if column["y"] is None:
        raise InputError(f"{WHAT} must have the column y, the right class of each line, but it is missing: add it.")
    kind, columns = _outputs_of(rows)
    if wrong := [name for name in (*columns, column["y"]) if not pd.api.types.is_numeric_dtype(rows[name])]:
        raise InputError(f"every column of outputs and labels must hold numbers, but {wrong[0]} holds text: correct it.")
    part = _part(rows, column["part"])
    is_shifted = (part == "shifted").to_numpy()
    arrays = {}
    for place, mine in (("", ~is_shifted), ("shifted_", is_shifted)):
        if place and not mine.any():
            continue
        arrays[f"{place}{kind}s"] = rows.loc[mine, columns].to_numpy(dtype=np.float64)
        arrays[f"{place}y"] = rows.loc[mine, column["y"]].to_numpy()
        if column["group"] is not None and not (groups := rows.loc[mine, column["group"]]).isna().all():
            arrays[f"{place}group"] = groups.astype(str).to_numpy(dtype=str)
    if column["members"] is not None:
        arrays["members"] = rows.loc[~is_shifted, column["members"]].to_numpy()
    elif set(part) & {"member", "other"}:
        arrays["members"] = (part[~is_shifted] == "member").to_numpy()
        notes.append("lines of the training part are members")
    return arrays, notes


def _outputs_of(rows: pd.DataFrame) -> tuple[str, list[str]]:
    """Return the kind of outputs, and their columns in the order of the classes."""
    kinds = {kind: sorted((int(found[2]), name) for name in rows.columns if (found := _COLUMN.fullmatch(name)) and found[1] == kind)
             for kind in ("logit", "prob")}
    told = [kind for kind, columns in kinds.items() if columns]
    if len(told) != 1 or [number for number, _ in kinds[told[0]]] != list(range(len(kinds[told[0]]))):
        raise InputError(f"{WHAT} must have the columns logit_0, logit_1, ... or prob_0, prob_1, ..., one for each class from 0 on, got "
                         f"{', '.join(f'{len(kinds[kind])} of {kind}' for kind in told) or 'none'}: name them so.")
    return told[0], [name for _, name in kinds[told[0]]]


def _part(rows: pd.DataFrame, column: str | None) -> pd.Series:
    """Return the part of each line: home, shifted, member or other; home where none is told."""
    if column is None:
        return pd.Series("home", index=rows.index)
    given = rows[column].astype(str).str.strip().str.lower()
    part = given.map(_PARTS)
    if part.isna().any():
        raise InputError(f"part must be home or shifted, or train and test, in every line, got something else in {int(part.isna().sum())} "
                         "lines: correct them.")
    if "home" in set(part) and set(part) & {"member", "other"}:
        raise InputError("part must tell home or train and test of all lines that are not shifted, got both words: choose one.")
    return part
