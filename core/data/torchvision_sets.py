"""MNIST, CIFAR-10, CIFAR-100 and SVHN in torchvision's folder layout, or downloaded by it.

torchvision reads MNIST, and SVHN once its published MD5 sums are right; CIFAR, whose batches are pickles, is read by ``core.data.cifar``.
"""

import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.data.arrays import check_pair, checked_images, checked_labels
from core.data.cifar import FOLDERS, read_cifar
from core.data.dataset import ImageDataset
from core.lab import access
from core.lab.errors import InputError

NETWORK_SECONDS = 10.0


@dataclass(frozen=True)
class TorchvisionSet:
    """Where torchvision keeps one data set below its root, and what it calls its class."""

    title: str
    class_name: str
    files: tuple[str, ...]
    licence: str


_MNIST_FILES = tuple(f"MNIST/raw/{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1"))
_CIFAR10_FILES = tuple(
    f"cifar-10-batches-py/{name}" for name in (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch", "batches.meta")
)
SETS = {
    "mnist": TorchvisionSet("MNIST", "MNIST", _MNIST_FILES, "CC BY-SA 3.0"),
    "cifar10": TorchvisionSet("CIFAR-10", "CIFAR10", _CIFAR10_FILES, ""),
    "cifar100": TorchvisionSet(
        "CIFAR-100", "CIFAR100", tuple(f"cifar-100-python/{name}" for name in ("train", "test", "meta")), ""
    ),
    "svhn": TorchvisionSet("SVHN", "SVHN", ("train_32x32.mat", "test_32x32.mat"), "non-commercial use"),
}


def data_folder() -> Path:
    """Return the folder of torchvision's data sets: ``GLASSHOUSE_DATA``, or ``~/.cache/glasshouse/data``."""
    named = os.environ.get("GLASSHOUSE_DATA")
    return Path(named).expanduser() if named else Path.home() / ".cache" / "glasshouse" / "data"


def is_here(source: str) -> bool:
    """Return whether all files of a set lie in the data folder."""
    return all((data_folder() / name).is_file() for name in SETS[source].files)


def torchvision_fingerprint(source: str) -> str:
    """Return the hash of a set's files; downloads them first when they are missing.

    Raises:
        InputError: If they are missing and cannot be downloaded.
    """
    if not is_here(source):
        _download(source)
    digest = hashlib.blake2b(source.encode(), digest_size=32)
    for name in SETS[source].files:
        with (data_folder() / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "blake2b").digest())
    return digest.hexdigest()


def _download(source: str) -> None:
    """Let torchvision fetch a set in a process of its own, so that whoever only needs the hash (a page's server) loads no torch."""
    access.check_download(f"data set {source}")
    fetching = subprocess.run([sys.executable, "-m", "core.data.torchvision_sets", source], cwd=Path(__file__).resolve().parents[2],
                              stdin=subprocess.DEVNULL, capture_output=True, env=os.environ, check=False)
    if fetching.returncode or not is_here(source):
        raise InputError(_sentence(source, download=True))


def load_torchvision(source: str) -> ImageDataset:
    """Return one of ``SETS``.

    Raises:
        InputError: If its files are missing and cannot be downloaded, or are damaged.
    """
    if source in FOLDERS:
        if not is_here(source):
            _download(source)
        (x_train, y_train), (x_test, y_test), names = read_cifar(source, data_folder())
    else:
        parts = _opened(source)
        (x_train, y_train), (x_test, y_test) = (_arrays(part) for part in parts)
        names = tuple(getattr(parts[0], "classes", ()))
    x_train, x_test = checked_images("x_train", x_train), checked_images("x_test", x_test)
    y_train, y_test = checked_labels("y_train", y_train, len(x_train)), checked_labels("y_test", y_test, len(x_test))
    n_classes = check_pair(x_train, y_train, x_test, y_test)
    class_names = names or tuple(str(label) for label in range(n_classes))
    return ImageDataset(
        source=source,
        title=SETS[source].title,
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
        class_names=class_names,
        fingerprint=torchvision_fingerprint(source),
        licence=SETS[source].licence,
    )


def _opened(source: str) -> list:
    """Return torchvision's training and test objects, downloaded where needed."""
    from core.data.torchvision_import import import_torchvision

    datasets = import_torchvision("datasets").datasets
    made = getattr(datasets, SETS[source].class_name)
    root, download = data_folder(), not is_here(source)
    if download:
        access.check_download(f"data set {source}")
    try:
        with _short_timeout():
            if source == "svhn":
                return [made(str(root), split=split, download=download) for split in ("train", "test")]
            return [made(str(root), train=train, download=download) for train in (True, False)]
    except (OSError, RuntimeError, ValueError, EOFError) as error:
        raise InputError(_sentence(source, download)) from error


def _sentence(source: str, download: bool) -> str:
    first = SETS[source].files[0].split("/")[0]
    if download:
        return (
            f"data set {source} must lie in GLASSHOUSE_DATA ({data_folder()}), but is missing and could not be downloaded: put "
            f"torchvision's {first} there, or choose fashion-mnist, which is bundled."
        )
    return (
        f"the files of data set {source} in GLASSHOUSE_DATA ({data_folder()}) must be whole, but are damaged: "
        f"remove {first} and run again."
    )


def _arrays(part) -> tuple[np.ndarray, np.ndarray]:
    images = np.asarray(part.data)
    if type(part).__name__ == "SVHN":
        images = images.transpose(0, 2, 3, 1)
    return np.ascontiguousarray(images), np.asarray(part.labels if hasattr(part, "labels") else part.targets)


@contextmanager
def _short_timeout() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(NETWORK_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


if __name__ == "__main__":
    try:
        _opened(sys.argv[1])
    except InputError as error:
        sys.exit(str(error))
