"""CIFAR's batches against torchvision's reader, and what a pickle that is not one gets."""

import hashlib
import pickle
import struct

import numpy as np
import pytest

from core.data import cifar
from core.data.sources import fingerprint, load
from core.data.torchvision_import import import_torchvision
from core.lab.errors import InputError


def as_python_2(content: dict) -> bytes:
    """Return a pickle as the authors' Python 2 wrote them: protocol 2, byte strings, NumPy by its old name."""
    def text(value: str) -> bytes:
        return b"U" + bytes([len(value)]) + value.encode()

    def put(value: object) -> bytes:
        if isinstance(value, str):
            return text(value)
        if isinstance(value, int):
            return b"J" + struct.pack("<i", value)
        if isinstance(value, list):
            return b"](" + b"".join(map(put, value)) + b"e"
        dtype = b"cnumpy\ndtype\n(U\x02u1K\x00K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        shape = b"(" + b"".join(put(side) for side in value.shape) + b"t"
        raw = value.tobytes()
        return (b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR(K\x01" + shape + dtype + b"\x89T"
                + struct.pack("<i", len(raw)) + raw + b"tb")
    return b"\x80\x02}(" + b"".join(text(key) + put(value) for key, value in content.items()) + b"u."


@pytest.fixture
def batches(tmp_path, monkeypatch):
    """A tiny CIFAR-100 and CIFAR-10 whose published checksums are their own."""
    monkeypatch.setenv("GLASSHOUSE_DATA", str(tmp_path))
    random, sums = np.random.default_rng(0), {}
    for source, key in (("cifar10", "labels"), ("cifar100", "fine_labels")):
        folder, n = tmp_path / cifar.FOLDERS[source], 10 if source == "cifar10" else 100
        folder.mkdir()
        for name in (*cifar.PARTS[source][0], *cifar.PARTS[source][1]):
            (folder / name).write_bytes(as_python_2({"data": random.integers(0, 256, (n, 3072), dtype=np.uint8), key: list(range(n))}))
        name, names = cifar._META[source]
        (folder / name).write_bytes(as_python_2({names: [f"c{i}" for i in range(n)]}))
        sums[source] = {path.name: hashlib.md5(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    monkeypatch.setattr(cifar, "SUMS", sums)
    return tmp_path


@pytest.mark.parametrize("source,name", [("cifar10", "CIFAR10"), ("cifar100", "CIFAR100")])
def test_the_same_as_torchvision(source, name, batches, monkeypatch):
    made = getattr(import_torchvision("datasets").datasets, name)
    monkeypatch.setattr(made, "_check_integrity", lambda self: True)
    monkeypatch.setattr("torchvision.datasets.cifar.check_integrity", lambda *args: True)
    data = load(source)
    for train, x, y in ((True, data.x_train, data.y_train), (False, data.x_test, data.y_test)):
        theirs = made(str(batches), train=train)
        np.testing.assert_array_equal(x, theirs.data)
        np.testing.assert_array_equal(y, theirs.targets)
        assert data.class_names == tuple(theirs.classes)
    assert data.fingerprint == fingerprint(source)


def test_a_forged_batch_runs_nothing(batches, monkeypatch, tmp_path):
    """Neither with a wrong checksum nor with a right one."""
    class Evil:
        def __reduce__(self):
            return (exec, (f"open({str(tmp_path / 'ran')!r}, 'w')",))
    path = batches / "cifar-100-python" / "train"
    path.write_bytes(pickle.dumps({"data": Evil()}))
    for _ in range(2):
        with pytest.raises(InputError, match="must be whole, but are damaged: remove cifar-100-python"):
            load("cifar100")
        cifar.SUMS["cifar100"]["train"] = hashlib.md5(path.read_bytes()).hexdigest()
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [
    b"", b"junk", b"\x80\x02]q\x01.", pickle.dumps(np.float64), b"cos\nsystem\n.", b"\x80\x04\x95" + b"\xff" * 8, b"\x80\x02(((((((((t.",
    b"cnumpy\nndarray\n(J\xff\xff\xff\x7fJ\xff\xff\xff\x7ftR."])
def test_what_is_no_batch(content, tmp_path):
    with pytest.raises(InputError, match="damaged"):
        cifar.parse(content, "cifar10", tmp_path)
