"""The bundled part of Fashion-MNIST: 20,000 training and 5,000 test images, equally many of each class.

Source: Xiao, Rasul and Vollgraf 2017, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms"; MIT
    licence.
"""

from pathlib import Path

import numpy as np

from core.data.bundled import checked_arrays, checked_manifest
from core.data.dataset import ImageDataset

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "fashion_mnist"
ARRAYS = ("x_train", "y_train", "x_test", "y_test")
CLASS_NAMES = ("T-shirt or top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
_TITLE = "Fashion-MNIST"


def read_manifest(folder: Path = FOLDER) -> dict:
    """Return the manifest of the bundled file.

    Raises:
        InputError: If it is missing or damaged.
    """
    return checked_manifest(folder, ARRAYS, _TITLE)


def load_fashion_mnist(folder: Path = FOLDER) -> ImageDataset:
    """Return the bundled data set, every array checked against the manifest.

    Raises:
        InputError: If a file is missing or differs from its checksum.
    """
    manifest = read_manifest(folder)
    arrays = checked_arrays(folder, manifest, ARRAYS, _TITLE)
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
