"""The bundled part of Fashion-MNIST: 20,000 training and 5,000 test images, equally many of each class.

Source: Xiao, Rasul and Vollgraf 2017, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms"; MIT
    licence.
"""

import hashlib
import json
import zipfile
from pathlib import Path

import numpy as np

from core.data.dataset import ImageDataset
from core.lab.errors import InputError

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "fashion_mnist"
ARRAYS = ("x_train", "y_train", "x_test", "y_test")
CLASS_NAMES = ("T-shirt or top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
_REMEDY = "restore assets/fashion_mnist from the repository"


def array_hash(array: np.ndarray) -> str:
    """Return the hash of an array's dtype, shape and bytes."""
    digest = hashlib.blake2b(f"{array.dtype.str} {array.shape}".encode(), digest_size=32)
    digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()


def combined_hash(hashes: dict[str, str]) -> str:
    """Return one hash of the named arrays' hashes."""
    return hashlib.blake2b("\n".join(f"{name} {hashes[name]}" for name in ARRAYS).encode(), digest_size=32).hexdigest()


def read_manifest(folder: Path = FOLDER) -> dict:
    """Return the manifest of the bundled file.

    Raises:
        InputError: If it is missing or damaged.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        hashes = {name: str(manifest["arrays"][name]) for name in ARRAYS}
        if manifest["fingerprint"] != combined_hash(hashes):
            raise ValueError("its fingerprint is not that of its arrays")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"the manifest of the bundled Fashion-MNIST must be whole, got {error}: {_REMEDY}.") from None
    return manifest


def load_fashion_mnist(folder: Path = FOLDER) -> ImageDataset:
    """Return the bundled data set, every array checked against the manifest.

    Raises:
        InputError: If a file is missing or differs from its checksum.
    """
    manifest = read_manifest(folder)
    path = folder / manifest["file"]
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in ARRAYS}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError) as error:
        raise InputError(f"the bundled Fashion-MNIST must be readable, got {error}: {_REMEDY}.") from None
    for name, array in arrays.items():
        if array_hash(array) != manifest["arrays"][name]:
            raise InputError(f"the bundled Fashion-MNIST must match its checksums, but {name} differs: {_REMEDY}.")
    return ImageDataset(
        source="fashion-mnist",
        title="Fashion-MNIST (bundled part)",
        x_train=arrays["x_train"][..., None],
        y_train=arrays["y_train"].astype(np.int64),
        x_test=arrays["x_test"][..., None],
        y_test=arrays["y_test"].astype(np.int64),
        class_names=CLASS_NAMES,
        fingerprint=manifest["fingerprint"],
        licence=manifest["licence"],
    )
