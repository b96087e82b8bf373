"""Build the bundled part of Fashion-MNIST from the four original files.

    apt-get download dataset-fashion-mnist && dpkg-deb -x dataset-fashion-mnist_*.deb unpacked
    python -m core.data.build_assets unpacked/usr/share/datasets/fashion-mnist

The first 2,000 training and 500 test images of each class are taken, in their original order. The same files give the same bytes.
"""

import gzip
import hashlib
import json
import sys
import zlib
from pathlib import Path

import numpy as np

from core.data.building import command
from core.data.bundled import array_hash, combined_hash
from core.data.fashion_mnist import ARRAYS, FOLDER
from core.lab.errors import InputError

PER_CLASS = {"train": 2000, "test": 500}
ORIGINALS = {  # name: SHA-256 of what it holds once unpacked
    "train-images-idx3-ubyte.gz": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte.gz": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte.gz": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte.gz": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}


def read_idx(data: bytes) -> np.ndarray:
    """Return the uint8 array of an idx file's bytes: two zeros, type 8, number of axes, the sizes (big-endian), the values."""
    axes = data[3]
    shape = tuple(int(size) for size in np.frombuffer(data, ">u4", count=axes, offset=4))
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)


def balanced_rows(labels: np.ndarray, per_class: int) -> np.ndarray:
    """Return the places of the first ``per_class`` occurrences of each class, ascending."""
    return np.sort(np.concatenate([np.flatnonzero(labels == label)[:per_class] for label in np.unique(labels)]))


def build(originals: Path, folder: Path = FOLDER) -> dict:
    """Write ``fashion_mnist.npz`` and its manifest into ``folder`` and return the manifest.

    Raises:
        InputError: If an original file is missing or differs from its checksum.
    """
    contents = {name: _verified(originals / name, checksum) for name, checksum in ORIGINALS.items()}
    arrays = {}
    for part, prefix in (("train", "train"), ("test", "t10k")):
        labels = read_idx(contents[f"{prefix}-labels-idx1-ubyte.gz"])
        rows = balanced_rows(labels, PER_CLASS[part])
        arrays[f"x_{part}"] = read_idx(contents[f"{prefix}-images-idx3-ubyte.gz"])[rows]
        arrays[f"y_{part}"] = labels[rows]
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "fashion_mnist.npz", **{name: arrays[name] for name in ARRAYS})
    hashes = {name: array_hash(arrays[name]) for name in ARRAYS}
    manifest = {
        "title": "Fashion-MNIST, a class-balanced part",
        "source": "https://github.com/zalandoresearch/fashion-mnist, through Debian's package dataset-fashion-mnist",
        "selection": "the first 2,000 training and 500 test images of each class, in their original order",
        "licence": "MIT, Copyright 2017 Zalando SE",
        "file": "fashion_mnist.npz",
        "originals_sha256": ORIGINALS,
        "arrays": hashes,
        "fingerprint": combined_hash(hashes, ARRAYS),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return manifest


def _verified(path: Path, checksum: str) -> bytes:
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error):
        raise InputError(
            f"the folder must hold {', '.join(ORIGINALS)}, but {path.name} is missing or damaged: unpack the package again."
        ) from None
    found = hashlib.sha256(content).hexdigest()
    if found != checksum:
        raise InputError(f"{path.name} must hold data of SHA-256 {checksum}, got {found}: download the package again.")
    return content


def main(arguments: list[str]) -> int:
    """Build from the folder named on the command line; return the exit status."""
    return command(arguments, build, "one folder with the original files")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
