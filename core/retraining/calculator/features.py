"""Features that somebody computed elsewhere, as an npz with old, y_old, new, y_new, or a file of outputs with features. No torch."""

import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass

import numpy as np

from core.data.archive import check_worth, declared_bytes, members, read
from core.data.files import named, read_whole
from core.lab.errors import InputError
from core.retraining.resque import check_outputs
from core.subjects.output_names import ALIASES

ARRAYS = ("old", "y_old", "new", "y_new")
OF_OUTPUTS = {name: ALIASES[plain] for name, plain in zip(ARRAYS, ("features", "y", "shifted_features", "shifted_y"), strict=True)}
"""What the same arrays are called in a file of outputs that also tells of a layer's features."""
MOST_BYTES = 2**30
WHAT = "a file of features"


@dataclass(frozen=True, eq=False)
class Features:
    """Old and new features (N, D), (M, D) and their classes."""

    old: np.ndarray
    y_old: np.ndarray
    new: np.ndarray
    y_new: np.ndarray
    digest: str


def read_features(text: str) -> Features:
    """Return the features in a file, checked.

    Raises:
        InputError: If it cannot be read, an array is missing, values are not finite, or classes differ or are fewer than two.
    """
    path = named(text, WHAT)
    content = read_whole(path, WHAT, MOST_BYTES)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            stored = members(archive, WHAT)
            place = {name: next((one for one in (name, *OF_OUTPUTS[name]) if one in stored), "") for name in ARRAYS}
            missing = [name for name in ARRAYS if not place[name]]
            arrays = {name: _read(archive, stored[place[name]], place[name]) for name in ARRAYS if place[name]}
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, AttributeError, TypeError, NotImplementedError, RuntimeError, MemoryError,
            zlib.error):
        raise InputError(f"{WHAT} must be one that numpy.savez wrote, got {path}: write it again with numpy.savez.") from None
    if missing:
        raise InputError(f"{WHAT} must hold the arrays {', '.join(ARRAYS)}, or as outputs have them features, y, shifted_features and "
                         f"shifted_y, but {', '.join(missing)} is missing: rename or add arrays.")
    return Features(**_checked(arrays), digest=hashlib.blake2b(content, digest_size=32).hexdigest())


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> np.ndarray:
    declared = declared_bytes(archive, info, name)
    if declared > 2 * MOST_BYTES:
        raise InputError(f"{name} may take at most {2 * MOST_BYTES >> 20} MB, got {declared >> 20} MB: use fewer samples.")
    check_worth(info, declared, name)
    return read(archive, info)


def _checked(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    for name in ("old", "new"):
        x, y = arrays[name], arrays[f"y_{name}"]
        if x.dtype.kind not in "fiu" or y.dtype.kind not in "iu":
            raise InputError(f"features must be numbers and their classes whole numbers, got {x.dtype} and {y.dtype}: convert them.")
        check_outputs(name, x)
        if y.shape != (len(x),):
            raise InputError(f"y_{name} must hold one class for each of the {len(x)} samples of {name}, got shape {y.shape}.")
        if len(np.unique(y)) < 2:
            raise InputError(f"{name} must hold at least 2 classes, got 1: add samples of another class.")
    old, new = np.unique(arrays["y_old"]), np.unique(arrays["y_new"])
    if not np.array_equal(old, new):
        raise InputError(f"old and new must hold the same classes, got {len(old)} and {len(new)}, of which {len(np.intersect1d(old, new))} "
                         "are shared: keep the shared ones; for a new task run retraining_tasks.")
    if arrays["old"].shape[1] != arrays["new"].shape[1]:
        raise InputError(f"old and new must hold equally many features, got {arrays['old'].shape[1]} and {arrays['new'].shape[1]}: "
                         "take them from one layer.")
    return {"old": arrays["old"].astype(np.float64), "new": arrays["new"].astype(np.float64),
            "y_old": np.searchsorted(old, arrays["y_old"]), "y_new": np.searchsorted(new, arrays["y_new"])}
