"""CIFAR-10 and CIFAR-100 from the authors' batches. They are pickles, and no pickle is trusted: its checksum is looked at first, and then
only what describes an array of numbers is admitted, so that even a batch with a forged checksum runs nothing.
"""

import hashlib
import io
import pickle
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from core.data.files import read_whole
from core.lab.errors import InputError

MOST_BYTES = 200 * 2**20
SUMS = MappingProxyType({  # MD5, as the authors publish them
    "cifar10": {"data_batch_1": "c99cafc152244af753f735de768cd75f", "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
                "data_batch_3": "54ebc095f3ab1f0389bbae665268c751", "data_batch_4": "634d18415352ddfa80567beed471001a",
                "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb", "test_batch": "40351d587109b95175f43aff81a1287e",
                "batches.meta": "5ff9c542aee3614f3951f8cda6e48888"},
    "cifar100": {"train": "16019d7e3df5f24257cddd939b257f8d", "test": "f0ef6b0ae62326f3e7ffdfab6717acfc",
                 "meta": "7973b15100ade9c7d40fb424638fde48"}})
FOLDERS = MappingProxyType({"cifar10": "cifar-10-batches-py", "cifar100": "cifar-100-python"})
PARTS = MappingProxyType({"cifar10": (tuple(f"data_batch_{i}" for i in range(1, 6)), ("test_batch",)), "cifar100": (("train",), ("test",))})
_META = MappingProxyType({"cifar10": ("batches.meta", "label_names"), "cifar100": ("meta", "fine_label_names")})
_ADMITTED = MappingProxyType({
    **dict.fromkeys((("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct")),
                    np._core.multiarray._reconstruct),
    ("numpy", "ndarray"): np.ndarray, ("numpy", "dtype"): np.dtype})


class _Numbers(pickle.Unpickler):
    """Unpickles dictionaries, lists, texts and arrays, and refuses every other name."""

    def find_class(self, module: str, name: str) -> Any:
        """Return what an admitted name stands for."""
        if (module, name) not in _ADMITTED:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return _ADMITTED[module, name]


def read_cifar(source: str, root: Path) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray], tuple[str, ...]]:
    """Return training and test images, uint8 (N, 32, 32, 3), each with its labels, and the names of the classes.

    Raises:
        InputError: If a file is missing, has another checksum, or holds more than numbers and texts.
    """
    train, test = (_part(source, root, names) for names in PARTS[source])
    name, key = _META[source]
    return train, test, tuple(_batch(source, root, name)[key])


def _part(source: str, root: Path, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    batches = [_batch(source, root, name) for name in names]
    images = np.vstack([batch["data"] for batch in batches]).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    labels = [label for batch in batches for label in (batch["labels"] if "labels" in batch else batch["fine_labels"])]
    return np.ascontiguousarray(images), np.asarray(labels)


def _batch(source: str, root: Path, name: str) -> dict[str, Any]:
    path = root / FOLDERS[source] / name
    content = read_whole(path, f"a batch of {source}", MOST_BYTES)
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != SUMS[source][name]:
        raise _damaged(source, root)
    return parse(content, source, root)


def parse(content: bytes, source: str, root: Path) -> dict[str, Any]:
    """Return the dictionary that a batch holds.

    Raises:
        InputError: If it holds anything but numbers and texts.
    """
    try:
        found = _Numbers(io.BytesIO(content), encoding="latin1").load()
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, IndexError, KeyError, MemoryError, ImportError,
            OverflowError, UnicodeDecodeError, RecursionError):
        raise _damaged(source, root) from None
    if not isinstance(found, dict):
        raise _damaged(source, root)
    return found


def _damaged(source: str, root: Path) -> InputError:
    return InputError(f"the files of data set {source} in GLASSHOUSE_DATA ({root}) must be whole, but are damaged: remove "
                      f"{FOLDERS[source]} and run again.")
