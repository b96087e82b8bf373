"""What arrays of outputs must keep among themselves, and how the forms in which people write them become one."""

from typing import Any

import numpy as np

from core.data.output_rules import SUM_TOLERANCE, check_labels, check_logits, check_probabilities
from core.data.recognised import flat_labels
from core.lab.errors import InputError

MOST_GROUPS, MOST_CLASSES, MOST_REFERENCES = 40, 1000, 1024
TINY = 1e-12  # probabilities below are taken as this: a logarithm must stay finite


def checked(arrays: dict[str, np.ndarray], notes: list[str]) -> dict[str, Any]:
    """Return the fields of ``outputs.GivenOutputs`` from arrays under their plain names, see ``output_names.ALIASES``.

    Args:
        arrays: What a file holds.
        notes: Grows by a clause for whatever is read otherwise than it stands there.

    Raises:
        InputError: If an array is missing, contradicts another, or breaks a rule.
    """
    kind, home = _values(arrays, "", notes)
    if home is None:
        raise InputError("outputs must hold either logits or probs, got neither: add one.")
    if "y" not in arrays:
        raise InputError("outputs must hold the labels y, but y is missing: add it.")
    home, y = _side(home, arrays["y"], kind, "", notes)
    n, n_classes = home.shape
    shifted_kind, shifted = _values(arrays, "shifted_", notes)
    shifted_y = arrays.get("shifted_y")
    if shifted is not None:
        _one_kind(kind, shifted_kind, "shifted_")
        if shifted_y is None:
            raise InputError("outputs must hold the labels y and shifted_y, but shifted_y is missing: add it.")
        if np.shape(shifted)[1:] != (n_classes,):
            raise InputError(f"home and shifted outputs must tell of the same classes, got {n_classes} and "
                             f"{_columns(shifted)} columns.")
        shifted, shifted_y = _side(shifted, shifted_y, kind, "shifted_", notes)
    elif shifted_y is not None:
        raise InputError("outputs must hold either shifted_logits or shifted_probs, got neither: add one.")
    references, reference_members = _references(arrays, kind, n, n_classes, notes)
    m = None if shifted is None else len(shifted)
    group, shifted_group, names = _groups(arrays, n, m, notes)
    features, shifted_features = _features(arrays, n, m)
    return {
        "logits": home, "y": y, "given": "logits" if kind == "logits" else "probabilities",
        "members": _members(arrays.get("members"), (n,), "members"), "group": group, "reference_logits": references,
        "reference_members": reference_members, "shifted_logits": shifted, "shifted_y": shifted_y, "shifted_group": shifted_group,
        "group_names": names, "features": features, "shifted_features": shifted_features}


def _values(arrays: dict[str, np.ndarray], place: str, notes: list[str]) -> tuple[str, np.ndarray | None]:
    """Return whether outputs of one place are ``logits`` or ``probs``, and the array; None where there are none."""
    kinds = [kind for kind in ("logits", "probs", "predictions") if f"{place}{kind}" in arrays]
    if len(kinds) > 1:
        raise InputError(f"outputs must hold either {place}logits or {place}probs, got both: drop one.")
    if not kinds:
        return "", None
    name = f"{place}{kinds[0]}"
    values = np.asarray(arrays[name])
    if values.dtype.kind not in "fiu":
        raise InputError(f"{name} must hold numbers, got {values.dtype}: convert them to float32.")
    if kinds[0] != "predictions":
        return kinds[0], _two_columns(values, kinds[0], name, place, notes)
    flat = values.size and values.ndim > 1 and values.shape[-1] > 1
    is_probs = values.size > 0 and float(values.min()) >= 0 and (
        bool((np.abs(values.sum(axis=-1) - 1) <= SUM_TOLERANCE).all()) if flat else float(values.max()) <= 1)
    kind = "probs" if is_probs else "logits"
    notes.append(f"{name} {'sum to one and were' if flat and is_probs else 'lie from 0 to 1 and were' if is_probs else 'were'} read as "
                 f"{'probabilities' if is_probs else 'logits, since they are no probabilities'}")
    return kind, _two_columns(values, kind, name, place, notes)


def _two_columns(values: np.ndarray, kind: str, name: str, place: str, notes: list[str]) -> np.ndarray:
    """Return one number a row, as a classifier of yes and no has, as two columns; anything else as it is."""
    flat = values[..., 0] if values.ndim > 1 and values.shape[-1] == 1 else values
    if flat.ndim != (2 if place == "reference_" else 1) or not flat.size:
        return values
    notes.append(f"{name} hold one number a row and were read as that of class 1 of two")
    flat = flat.astype(np.float64)
    return np.stack([1 - flat if kind == "probs" else np.zeros_like(flat), flat], axis=-1)


def _one_kind(kind: str, other: str, place: str) -> None:
    if kind != other:
        raise InputError(f"home and {place.rstrip('_')} outputs must be of one kind, got {kind} and {place}{other}: "
                         "give both as logits, or both as probs.")


def _columns(values: np.ndarray) -> str:
    return str(values.shape[1]) if np.ndim(values) == 2 else f"shape {np.shape(values)}"


def _side(values: np.ndarray, labels: np.ndarray, kind: str, place: str, notes: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return logits and classes of one place, checked."""
    name, values = f"{place}{kind}", values.astype(np.float64)
    if values.ndim == 2 and values.shape[1] > MOST_CLASSES:
        raise InputError(f"{name} must have at most {MOST_CLASSES} columns, got {values.shape[1]}: one column a class.")
    told: list[str] = []
    y = flat_labels(f"{place}y", np.asarray(labels), told)
    notes += [note for note in told if "whole numbers" not in note]  # what a spreadsheet or a data frame makes of them
    y = y.astype(np.int64) if y.dtype.kind == "b" else y
    try:
        (check_logits if kind == "logits" else check_probabilities)(values, what=name)
        check_labels(y, values.shape)
    except InputError as error:
        raise InputError(str(error).replace("labels must", f"{place}y must", 1)) from None
    if len(np.unique(y)) < 2:
        raise InputError(f"{place}y must hold at least two classes, got one: it would be about that class alone.")
    return (_as_logits(values) if kind == "probs" else values), y.astype(np.int64)


def _as_logits(p: np.ndarray) -> np.ndarray:
    """Return the logarithms of probabilities, each row moved to a mean of zero."""
    logs = np.log(np.maximum(p, TINY))
    return logs - logs.mean(axis=-1, keepdims=True)


def _references(arrays: dict[str, np.ndarray], kind: str, n: int, n_classes: int,
                notes: list[str]) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return outputs (K, N, C) and membership (K, N) of reference models, or None twice."""
    given, values = _values(arrays, "reference_", notes)
    members = arrays.get("reference_members")
    if values is None and members is None:
        return None, None
    if values is None or members is None:
        missing = "reference_logits" if values is None else "reference_members"
        raise InputError(f"reference_logits and reference_members must come together, but {missing} is missing: add it.")
    _one_kind(kind, given, "reference_")
    if values.ndim == 4 and values.shape[2] == 1:
        values = values[:, :, 0]  # one query a sample, as the public code of LiRA writes them
    if values.ndim == 3 and values.shape[0] == n and values.shape[1] != n:
        values = np.moveaxis(values, 1, 0)
        notes.append("reference outputs stood sample by sample and were turned to model by model")
    if values.ndim != 3 or values.shape[1:] != (n, n_classes):
        raise InputError(f"reference_{given} must have shape (models, {n}, {n_classes}), got {values.shape}.")
    if not 1 <= len(values) <= MOST_REFERENCES:
        raise InputError(f"there may be 1 to {MOST_REFERENCES} reference models, got {len(values)}: keep fewer.")
    if not np.isfinite(values).all():
        raise InputError(f"reference_{given} must be finite, got NaN or infinity in {int((~np.isfinite(values)).any(axis=2).sum())} rows: "
                         "leave those models out.")
    if given == "probs":
        for one in values:
            check_probabilities(one, what="reference_probs")
        values = _as_logits(values.astype(np.float64))
    members = np.asarray(members)
    if members.shape == (n, len(values)) and n != len(values):
        members = members.T
        notes.append("reference_members stood sample by sample and were turned to model by model")
    return values, _members(members, (len(values), n), "reference_members")


def _members(given: np.ndarray | None, shape: tuple[int, ...], name: str) -> np.ndarray | None:
    """Return membership as true and false, or None where there is none."""
    if given is None:
        return None
    given = np.asarray(given)
    given = given[:, 0] if len(shape) == 1 and given.ndim == 2 and given.shape[1] == 1 else given
    if given.shape != shape or given.dtype.kind not in "biuf" or not np.isin(given, (0, 1)).all():
        raise InputError(f"{name} must be true or false (1 or 0) in shape {shape}, got {given.dtype} of shape {given.shape}"
                         f"{'' if given.shape != shape else ' with other values'}: mark what was trained on.")
    given = given.astype(bool)
    if len(shape) == 1 and not 0 < int(given.sum()) < len(given):
        raise InputError(f"members must tell members from others, got {int(given.sum())} members of {len(given)} rows: add the others.")
    return given


def _groups(arrays: dict[str, np.ndarray], n: int, m: int | None,
            notes: list[str]) -> tuple[np.ndarray | None, np.ndarray | None, tuple[str, ...]]:
    """Return the groups of home rows and of shifted rows, and their names; ``group`` alone goes to every place whose rows it fits."""
    home, shifted = arrays.get("group"), arrays.get("shifted_group")
    if home is not None and shifted is None and m is not None and len(np.atleast_1d(home)) == m:
        shifted, home = home, home if m == n else None
        notes.append(f"group was taken for the {'home and the shifted' if m == n else 'shifted'} rows, which it fits")
    given = [None if one is None else np.asarray(one) for one in (home, shifted)]
    for name, one, count in (("group", given[0], n), ("shifted_group", given[1], m)):
        if one is not None and (count is None or one.shape != (count,) or one.dtype.kind not in "iuUSb"):
            rows = f"{n} rows" if m is None else f"{n} rows at home or the {m} shifted rows"
            raise InputError(f"{name} must be one whole number or short text for each of the {rows}, got {one.dtype} of shape {one.shape}.")
    there = [one.astype(str) for one in given if one is not None]
    if not there:
        return None, None, ()
    plain = [one for one in given if one is not None]
    names, index = np.unique(np.concatenate(plain if len({one.dtype.kind for one in plain}) == 1 else there), return_inverse=True)
    if len(names) > MOST_GROUPS:
        raise InputError(f"group must tell at most {MOST_GROUPS} groups apart, got {len(names)}: join some.")
    first = None if given[0] is None else index[:n]
    second = None if given[1] is None else index[len(index) - m:]
    return first, second, tuple(str(name)[:40] for name in names)


def _features(arrays: dict[str, np.ndarray], n: int, m: int | None) -> tuple[np.ndarray | None, np.ndarray | None]:
    found = []
    for name, count in (("features", n), ("shifted_features", m)):
        one = arrays.get(name)
        if one is not None:
            one = np.asarray(one)
            if one.ndim != 2 or len(one) != count or one.dtype.kind not in "fiu" or not np.isfinite(one).all():
                raise InputError(f"{name} must be finite numbers (rows, features) for each of the {count or 0} rows, got {one.dtype} of "
                                 f"shape {one.shape}.")
        found.append(one)
    if found[1] is not None and (found[0] is None or found[0].shape[1] != found[1].shape[1]):
        raise InputError("features and shifted_features must come together with equally many columns, got "
                         f"{'none' if found[0] is None else found[0].shape[1]} and {found[1].shape[1]}: take them from one layer.")
    return found[0], found[1]
