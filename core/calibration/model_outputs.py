"""What a classifier said at home and away, as arrays that somebody brings: checked, and dealt into parts. Imports no torch."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.lab.errors import InputError
from core.measures.calibration import TINY, check_probabilities
from core.measures.temperature import check_logits

MOST_GROUPS, MOST_CLASSES = 40, 1000
FEWEST = 20  # rows of a part: half of those at home are fitted, and sets of 90% need nine


@dataclass(frozen=True, eq=False)
class Outputs:
    """Outputs of one classifier.

    Attributes:
        home: Logits (N, C) float64 where nothing has drifted.
        y: Their classes (N,).
        shifted: Logits (M, C) where it has.
        shifted_y: Their classes (M,).
        group: Index of each shifted row's group (M,); zeros where none are told.
        group_names: Names of the groups; one, ``all``, where none are told.
        given: ``logits`` or ``probabilities``: the second come in as their logarithms, each row moved to a mean of zero.
        fingerprint: Hash of the file.
    """

    home: np.ndarray
    y: np.ndarray
    shifted: np.ndarray
    shifted_y: np.ndarray
    group: np.ndarray
    group_names: tuple[str, ...]
    given: str
    fingerprint: str

    def part(self, number: int, parts: int, rng: np.random.Generator) -> "Outputs":
        """Return one of several disjoint random parts; every part of one generator's state belongs to the same deal.

        Raises:
            InputError: If a part would hold too few rows.
        """
        check_parts(self, parts)
        rows = [np.sort(rng.permutation(len(y))[number::parts]) for y in (self.y, self.shifted_y)]
        return Outputs(self.home[rows[0]], self.y[rows[0]], self.shifted[rows[1]], self.shifted_y[rows[1]], self.group[rows[1]],
                       self.group_names, self.given, self.fingerprint)


def check_parts(outputs: Outputs, parts: int) -> None:
    """Refuse more parts than the rows reach for.

    Raises:
        InputError: One sentence.
    """
    fewest = min(len(outputs.y), len(outputs.shifted_y))
    if fewest // parts < FEWEST:
        raise InputError(f"each of the {parts} parts must hold at least {FEWEST} rows of home and of the shifted data, got {fewest} rows "
                         f"for all of them: lower parts{'' if fewest >= FEWEST else ', and bring more rows'}.")


def checked(arrays: Mapping[str, np.ndarray], fingerprint: str) -> Outputs:
    """Return arrays under their plain names (see ``outputs_files.ALIASES``) as outputs.

    Raises:
        InputError: If an array is missing, contradicts another, or breaks a rule.
    """
    given = {place: [kind for kind in ("logits", "probs") if f"{place}{kind}" in arrays] for place in ("", "shifted_")}
    for place, kinds in given.items():
        if len(kinds) != 1:
            raise InputError(f"outputs must hold either {place}logits or {place}probs, got {'both' if kinds else 'neither'}: "
                             f"{'drop one' if kinds else 'add one'}.")
    if given[""] != given["shifted_"]:
        raise InputError(f"home and shifted outputs must be of one kind, got {given[''][0]} and shifted_{given['shifted_'][0]}: "
                         "give both as logits, or both as probs.")
    if missing := [name for name in ("y", "shifted_y") if name not in arrays]:
        raise InputError(f"outputs must hold the labels y and shifted_y, but {' and '.join(missing)} is missing: add it.")
    kind = given[""][0]
    columns = [np.shape(arrays[f"{place}{kind}"])[1:] for place in ("", "shifted_")]
    if columns[0] != columns[1]:
        raise InputError("home and shifted outputs must tell of the same classes, got " + " and ".join(
            str(*shape) if len(shape) == 1 else f"shape {shape}" for shape in columns) + " columns.")
    home, y = _side(arrays, kind, "")
    shifted, shifted_y = _side(arrays, kind, "shifted_")
    group, names = _groups(arrays.get("group"), len(shifted_y))
    return Outputs(home, y, shifted, shifted_y, group, names, "logits" if kind == "logits" else "probabilities", fingerprint)


def _side(arrays: Mapping[str, np.ndarray], kind: str, place: str) -> tuple[np.ndarray, np.ndarray]:
    """Return logits and classes of one side, checked."""
    name, found, y = f"{place}{kind}", np.asarray(arrays[f"{place}{kind}"]), np.asarray(arrays[f"{place}y"])
    if not (np.issubdtype(found.dtype, np.floating) or np.issubdtype(found.dtype, np.integer)):
        raise InputError(f"{name} must hold numbers, got {found.dtype}: convert them to float32.")
    found = found.astype(np.float64)
    if found.ndim == 2 and found.shape[1] > MOST_CLASSES:
        raise InputError(f"{name} must have at most {MOST_CLASSES} columns, got {found.shape[1]}: one column a class.")
    if np.issubdtype(y.dtype, np.floating) and np.isfinite(y).all() and (y == np.rint(y)).all():
        y = y.astype(np.int64)  # what a spreadsheet or a data frame makes of whole numbers
    try:
        check_logits(found, y, what=name) if kind == "logits" else check_probabilities(found, y, what=name)
    except InputError as error:
        raise InputError(str(error).replace("labels must", f"{place}y must", 1)) from None
    if len(np.unique(y)) < 2:
        raise InputError(f"{place}y must hold at least two classes, got one: calibration would be about that class alone.")
    if kind == "probs":
        found = np.log(np.maximum(found, TINY))
        found -= found.mean(axis=1, keepdims=True)
    return found, y.astype(np.int64)


def _groups(given: np.ndarray | None, n: int) -> tuple[np.ndarray, tuple[str, ...]]:
    if given is None:
        return np.zeros(n, dtype=np.int64), ("all",)
    given = np.asarray(given)
    if given.shape != (n,) or given.dtype.kind not in "iuUb":
        raise InputError(f"group must be one whole number or short text for each of the {n} shifted rows, got {given.dtype} of shape "
                         f"{given.shape}.")
    names, group = np.unique(given, return_inverse=True)
    if len(names) > MOST_GROUPS:
        raise InputError(f"group must tell at most {MOST_GROUPS} groups apart, got {len(names)}: join some.")
    return group, tuple(str(name)[:40] for name in names)
