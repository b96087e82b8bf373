"""Where results and trained models live: content-addressed folders under ``GLASSHOUSE_HOME``.

``results/KEY`` holds one seed of one experiment; ``models/KEY`` one trained model; KEY is the hash of everything that
determines the numbers. Floats stand in the manifest, arrays in safetensors, tables in parquet.
"""

import contextlib
import dataclasses
import errno
import math
import os
import re
import shutil
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from core.lab import folders
from core.lab.config import Config, canonical, effective
from core.lab.experiment import ROOT, Array, Experiment, Metric, metrics_of, result_fields

ARRAYS = "arrays.safetensors"
GALLERY = ROOT / "assets" / "gallery"
MISFITS = (OSError, ValueError, KeyError, TypeError, ArithmeticError, NotImplementedError, SafetensorError)
"""What reading a whole folder that does not fit the expected result raises, from NumPy, pandas, pyarrow and safetensors."""


def home() -> Path:
    """Return the folder where this user's results live, from ``GLASSHOUSE_HOME``."""
    return Path(os.environ.get("GLASSHOUSE_HOME") or Path.home() / ".cache" / "glasshouse").expanduser().absolute()


def result_key(experiment: Experiment, config: Config, seed: int, data: str) -> str:
    """Return the key of one seed's result: 16 hexadecimal digits."""
    return folders.digest_of(canonical({
        "experiment": experiment.name, "version": experiment.version, "config": effective(config), "seed": seed, "data": data}))


def run_key(experiment: Experiment, config: Config, seeds: tuple[int, ...], data: str) -> str:
    """Return the id of a run: the hash of its seeds' keys, 16 hexadecimal digits."""
    return folders.digest_of(canonical([result_key(experiment, config, seed, data) for seed in sorted(seeds)]))


def save_result(root: Path, key: str, result: Any, manifest: Mapping[str, Any]) -> None:
    """Store one seed's result under ``root``; a second writer of the same key changes nothing.

    Raises:
        RunFailed: If the disk is full or cannot be written.
    """
    fields = result_fields(type(result))
    values = {name: getattr(result, name) for name in fields}
    arrays = {name: value for name, value in values.items() if isinstance(fields[name], Array)}
    writers = {f"{name}.parquet": _table_writer(value) for name, value in values.items() if isinstance(value, pd.DataFrame)}
    if arrays:
        writers[ARRAYS] = _array_writer(arrays)
    metrics = {name: _json_number(values[name]) for name, what in fields.items() if isinstance(what, Metric)}
    folders.write_folder(root, root / "results" / key, writers, {**manifest, "metrics": metrics})


def _table_writer(table: pd.DataFrame) -> Callable[[Path], None]:
    return lambda path: table.to_parquet(path, index=False, compression="zstd")


def _array_writer(arrays: Mapping[str, np.ndarray]) -> Callable[[Path], None]:
    whole = {name: np.asarray(array, order="C") for name, array in arrays.items()}

    def write(path: Path) -> None:
        try:
            save_file(whole, path)
        except SafetensorError as error:  # the system's error number stands only in its words
            number = re.search(r"\(os error (\d+)\)", str(error))
            code = int(number[1]) if number else errno.EIO
            raise OSError(code, os.strerror(code)) from error
    return write


def _json_number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _number(stored: float | None) -> float:
    return math.nan if stored is None else float(stored)


def load_result(root: Path, key: str, result_type: type) -> tuple[Any, dict[str, Any]] | None:
    """Return one seed's result and its manifest, or None when it is not there or was damaged and set aside."""
    folder = root / "results" / key
    if not folder.is_dir():
        return None
    manifest = folders.read_manifest(folder)
    if root != GALLERY:
        folders.use(folder)
    if manifest is not None:
        with contextlib.suppress(*MISFITS):
            return _read_result(folder, manifest, result_type), manifest
    if root != GALLERY:
        folders.quarantine(root, folder)
    return None


def _read_result(folder: Path, manifest: Mapping[str, Any], result_type: type) -> Any:
    fields = result_fields(result_type)
    arrays = load_file(folder / ARRAYS) if ARRAYS in manifest["files"] else {}
    values: dict[str, Any] = {}
    for name, what in fields.items():
        if isinstance(what, Metric):
            values[name] = _number(manifest["metrics"][name])
        elif isinstance(what, Array):
            values[name] = arrays[name]
        else:
            values[name] = pd.read_parquet(folder / f"{name}.parquet")
    return result_type(**values)


def load_numbers(root: Path, key: str, result_type: type) -> tuple[SimpleNamespace, dict[str, Any]] | None:
    """Return one seed's headline numbers and its manifest, or None; what a list of runs needs, in a hundredth of the time.

    Only the manifest is read and checked, unless the result has numbers that are computed from its tables.
    """
    manifest = folders.read_seal(root / "results" / key)
    described = metrics_of(result_type)
    if manifest is not None and set(described) <= set(manifest.get("metrics", ())):
        return SimpleNamespace(**{name: _number(manifest["metrics"][name]) for name in described}), manifest
    found = load_result(root, key, result_type)
    return None if found is None else (SimpleNamespace(**{name: getattr(found[0], name) for name in described}), found[1])


def has_result(root: Path, key: str) -> bool:
    """Return whether an undamaged result is stored under ``key``."""
    folder = root / "results" / key
    if not folder.is_dir():
        return False
    if folders.read_manifest(folder) is None:
        folders.quarantine(root, folder)
        return False
    return True


def lend(root: Path, key: str) -> None:
    """Store under ``root`` a result that ships with the house; nothing happens where it is there, or none ships undamaged.

    Raises:
        RunFailed: If the disk is full or cannot be written.
    """
    folder = GALLERY / "results" / key
    manifest = folders.read_manifest(folder)
    if manifest is None or has_result(root, key):
        return
    writers = {name: partial(shutil.copyfile, folder / name) for name in manifest["files"]}
    told = {name: value for name, value in manifest.items() if name not in ("files", "seal")}
    folders.write_folder(root, root / "results" / key, writers, told)


@dataclasses.dataclass(frozen=True)
class ModelStore:
    """Trained models as artefacts under ``root/models``; see ``core.lab.experiment.Models``."""

    root: Path

    def _folder(self, identity: Mapping[str, Any]) -> Path:
        return self.root / "models" / folders.digest_of(canonical(dict(identity)))

    def get(self, identity: Mapping[str, Any]) -> dict[str, np.ndarray] | None:
        """Return the arrays stored under ``identity``, or None; damage is set aside."""
        folder = self._folder(identity)
        if not folder.is_dir():
            return None
        if folders.read_manifest(folder) is not None:
            folders.use(folder)
            with contextlib.suppress(OSError, SafetensorError):
                return load_file(folder / ARRAYS)
        folders.quarantine(self.root, folder)
        return None

    def put(self, identity: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Store arrays under ``identity``.

        Raises:
            RunFailed: If the disk is full or cannot be written.
        """
        folders.write_folder(self.root, self._folder(identity), {ARRAYS: _array_writer(arrays)}, {"identity": dict(identity)})
