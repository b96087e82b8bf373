"""Outputs of a classifier in a file: ``example``, which is bundled, ``npz:PATH`` or ``csv:PATH``. Imports no torch.

An npz file holds the arrays of ``ALIASES``, each under any of its names. A CSV file has a line for each output, with the columns ``part``
(home or shifted), ``y``, one for each class (``logit_0``, ``logit_1``, ... or ``prob_0``, ``prob_1``, ...), and where there are groups
``group``.
"""

import hashlib
import io
import math
import re
import zipfile
import zlib
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from core.calibration.model_outputs import Outputs, checked
from core.data.files import named, read_whole
from core.lab.errors import InputError

EXAMPLE = "example"
EXAMPLE_FILE = Path(__file__).resolve().parents[2] / "assets" / "calibration_outputs" / "fashion_mnist.npz"
EXAMPLE_FINGERPRINT = "9a42be84155a212bd8b8c5b0079ad4a3b11e0c35c28c4bef1e65e982ef1f66fa"
PREFIXES = ("npz:", "csv:")
WHAT = "a file of outputs"
MOST_BYTES = 400 * 2**20
ALIASES = MappingProxyType({
    "logits": ("logits", "home_logits", "logits_home"),
    "probs": ("probs", "probabilities", "p", "home_probs", "probs_home", "home_probabilities"),
    "y": ("y", "labels", "targets", "home_y", "y_home", "home_labels"),
    "shifted_logits": ("shifted_logits", "logits_shifted", "away_logits"),
    "shifted_probs": ("shifted_probs", "probs_shifted", "shifted_probabilities", "shifted_p", "away_probs"),
    "shifted_y": ("shifted_y", "y_shifted", "shifted_labels", "shifted_targets", "away_y"),
    "group": ("group", "groups", "attribute", "shifted_group", "group_shifted", "shifted_attribute"),
})
_NAMES = MappingProxyType({alias: name for name, aliases in ALIASES.items() for alias in aliases})
_COLUMN = re.compile(r"(logit|prob)s?_(\d{1,4})")
_CSV = MappingProxyType({"part": ("part", "split", "set"), "y": ("y", "label", "target"), "group": ("group", "attribute")})


def check_outputs_source(text: str) -> None:
    """Refuse a text that names no outputs; whether the file exists is not looked at.

    Raises:
        InputError: One sentence.
    """
    if text == EXAMPLE or (text.startswith(PREFIXES) and text[4:].strip() and "\0" not in text):
        return
    raise InputError(f"outputs must be {EXAMPLE}, npz:PATH or csv:PATH, got {text[:200]!r}.")


def load_outputs(source: str) -> Outputs:
    """Return the outputs that ``source`` names, checked.

    Raises:
        InputError: If the file is missing, damaged, or breaks a rule.
    """
    check_outputs_source(source)
    path = EXAMPLE_FILE if source == EXAMPLE else named(source[4:], WHAT)
    content = read_whole(path, WHAT, MOST_BYTES)
    found = hashlib.blake2b(content, digest_size=32).hexdigest()
    if source == EXAMPLE and found != EXAMPLE_FINGERPRINT:
        raise InputError(f"the bundled outputs must match their checksum, got {found[:16]}: restore {EXAMPLE_FILE.parent.name} in assets.")
    return checked(_from_csv(content) if source.startswith("csv:") else _from_npz(content), found)


def _from_npz(content: bytes) -> dict[str, np.ndarray]:
    """Return the arrays of an npz file under their plain names; sizes are read from the headers before any array is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            stored = [info.filename.removesuffix(".npy") for info in archive.infolist()]
            names = _plain(stored, "arrays")
            for alias in names:
                with archive.open(f"{alias}.npy") as file:
                    _check_header(alias, file)
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {name: arrays[alias] for alias, name in names.items()}
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, KeyError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise InputError(f"{WHAT} must be one that numpy.savez wrote, got another ({type(error).__name__}): write it again.") from None


def _plain(given: list[str], what: str) -> dict[str, str]:
    """Return the plain name of each known one."""
    names = {alias: _NAMES[alias] for alias in given if alias in _NAMES}
    if not names:
        raise InputError(f"{WHAT} must hold the {what} logits or probs, y, shifted_logits or shifted_probs, and shifted_y, got none of "
                         "them: rename them.")
    for name in set(names.values()):
        if len(twice := [alias for alias in names if names[alias] == name]) > 1:
            raise InputError(f"{WHAT} must hold {name} once, got it as {' and '.join(twice)}: drop one.")
    return names


def _check_header(name: str, file: io.BufferedIOBase) -> None:
    read = np.lib.format.read_array_header_1_0 if np.lib.format.read_magic(file) == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(file)
    if dtype.hasobject:
        raise InputError(f"{name} must hold numbers, got Python objects: convert it to a plain array and save again.")
    if math.prod(shape) * max(8, dtype.itemsize) > 2 * MOST_BYTES:
        raise InputError(f"{name} must take at most {MOST_BYTES >> 20} MB, got an array of shape {shape}: use fewer rows.")


def _from_csv(content: bytes) -> dict[str, np.ndarray]:
    """Return the arrays of a CSV file under their plain names."""
    try:
        rows = pd.read_csv(io.BytesIO(content), encoding="utf-8")
    except (ValueError, UnicodeDecodeError) as error:  # pandas' own errors are kinds of ValueError
        raise InputError(f"{WHAT} must be a CSV in UTF-8 with a header, got one that cannot be read ({type(error).__name__}).") from None
    rows.columns = [str(name).strip().lower() for name in rows.columns]
    column = {plain: next((name for name in aliases if name in rows.columns), None) for plain, aliases in _CSV.items()}
    if missing := [plain for plain in ("part", "y") if column[plain] is None]:
        raise InputError(f"{WHAT} must have the columns part (home or shifted) and y, but {' and '.join(missing)} is missing: add it.")
    kinds = {kind: sorted((int(found[2]), name) for name in rows.columns if (found := _COLUMN.fullmatch(name)) and found[1] == kind)
             for kind in ("logit", "prob")}
    told = [kind for kind, columns in kinds.items() if columns]
    if len(told) != 1 or [number for number, _ in kinds[told[0]]] != list(range(len(kinds[told[0]]))):
        raise InputError(f"{WHAT} must have the columns logit_0, logit_1, ... or prob_0, prob_1, ..., one for each class from 0 on, got "
                         f"{', '.join(f'{len(kinds[kind])} of {kind}' for kind in told) or 'none'}: name them so.")
    columns = [name for _, name in kinds[told[0]]]
    if wrong := [name for name in (*columns, column["y"]) if not pd.api.types.is_numeric_dtype(rows[name])]:
        raise InputError(f"every column of outputs and labels must hold numbers, but {wrong[0]} holds text: correct it.")
    part = rows[column["part"]].astype(str).str.strip().str.lower()
    if not set(part) <= {"home", "shifted"}:
        n_other = int((~part.isin(["home", "shifted"])).sum())
        raise InputError(f"part must be home or shifted in every line, got something else in {n_other} lines: correct them.")
    found = {}
    for place, is_mine in (("", part == "home"), ("shifted_", part == "shifted")):
        found[f"{place}{told[0]}s"] = rows.loc[is_mine, columns].to_numpy(dtype=np.float64)
        found[f"{place}y"] = rows.loc[is_mine, column["y"]].to_numpy()
    if column["group"] is not None:
        found["group"] = rows.loc[part == "shifted", column["group"]].astype(str).to_numpy(dtype=str)
    return found
