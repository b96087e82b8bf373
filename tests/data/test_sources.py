"""Naming data sets, the bundled one, torchvision's sets, and what a missing one says."""

import json
import shutil
import subprocess
import sys
import urllib.error

import numpy as np
import pytest

from core.data import torchvision_import, torchvision_sets
from core.data.build_assets import balanced_rows, build, read_idx
from core.data.fashion_mnist import FOLDER, load_fashion_mnist
from core.data.sources import NAMES, at_hand, check_source, fingerprint, load
from core.lab.errors import InputError


@pytest.mark.parametrize("text", [*NAMES, "npz:a.npz", "folder:~/x", "npz: spaced name.npz"])
def test_legal_sources(text):
    check_source(text)


@pytest.mark.parametrize("text", ["", "imagenet", "npz:", "folder:  ", "NPZ:a", "npz:a\0b", "fashion-mnist "])
def test_illegal_sources(text):
    with pytest.raises(
        InputError, match="dataset must be one of fashion-mnist, digits, digit-sums, adult, mnist, cifar10, cifar100, svhn, npz:PATH"
        ", folder:PATH or csv:PATH, got"
    ):
        check_source(text)
    with pytest.raises(InputError):
        load(text)


def test_bundled_fashion_mnist():
    data = load("fashion-mnist")
    assert data.x_train.shape == (20_000, 28, 28, 1)
    assert data.x_train.dtype == np.uint8
    assert np.bincount(data.y_train).tolist() == [2000] * 10
    assert np.bincount(data.y_test).tolist() == [500] * 10
    assert len(data.class_names) == 10
    assert data.fingerprint == fingerprint("fashion-mnist")
    # Fashion-MNIST's first training image is an ankle boot, its first test image too; mean grey 0.286 (published statistic)
    assert data.y_train[0] == data.y_test[0] == 9
    assert data.x_train.mean() / 255 == pytest.approx(0.286, abs=0.002)
    assert (FOLDER / "fashion_mnist.npz").stat().st_size < 12e6


def test_damaged_bundle_is_one_sentence(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "copy")
    with np.load(FOLDER / "fashion_mnist.npz") as stored:
        arrays = dict(stored)
    arrays["y_test"] = arrays["y_test"][::-1]
    np.savez(tmp_path / "copy" / "fashion_mnist.npz", **arrays)
    with pytest.raises(InputError, match="must match its checksums, but y_test differs"):
        load_fashion_mnist(tmp_path / "copy")
    (tmp_path / "copy" / "fashion_mnist.npz").write_bytes(b"nothing")
    with pytest.raises(InputError, match="the bundled Fashion-MNIST must be readable"):
        load_fashion_mnist(tmp_path / "copy")
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    manifest["arrays"]["x_train"] = "0" * 64
    (tmp_path / "copy" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="the manifest of the bundled Fashion-MNIST must be whole"):
        load_fashion_mnist(tmp_path / "copy")


def test_build_refuses_missing_originals(tmp_path):
    with pytest.raises(InputError, match=r"train-images-idx3-ubyte\.gz is missing or damaged"):
        build(tmp_path, tmp_path / "out")


def test_idx_by_hand():
    data = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6])
    assert read_idx(data).tolist() == [[1, 2, 3], [4, 5, 6]]


def test_balanced_rows_by_hand():
    assert balanced_rows(np.array([1, 0, 0, 1, 0, 1]), 2).tolist() == [0, 1, 2, 3]


def test_missing_set_without_a_network_is_one_sentence(tmp_path, monkeypatch):
    def no_network(*args, **kwargs):
        raise urllib.error.URLError("no network")

    monkeypatch.setenv("GLASSHOUSE_DATA", str(tmp_path))
    monkeypatch.setattr("urllib.request.urlopen", no_network)
    for source in ("mnist", "cifar10", "cifar100", "svhn"):
        with pytest.raises(
            InputError, match=f"data set {source} must lie in GLASSHOUSE_DATA .*could not be downloaded: put torchvision's"
        ) as e:
            load(source)
        assert "\n" not in str(e.value)
    with pytest.raises(InputError, match="could not be downloaded"):  # in a process of its own: dear, so once
        fingerprint("mnist")


def test_at_hand_says_how_to_get_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_DATA", str(tmp_path))
    statuses = {status.source: status for status in at_hand()}
    assert statuses["fashion-mnist"].available
    assert not statuses["cifar10"].available
    assert "cifar-10-batches-py" in statuses["cifar10"].remedy
    for name in ("train_32x32.mat", "test_32x32.mat"):
        (tmp_path / name).write_bytes(b"")
    assert {status.source: status.available for status in at_hand()}["svhn"]


def test_damaged_files_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_DATA", str(tmp_path))
    for name in ("train_32x32.mat", "test_32x32.mat"):
        (tmp_path / name).write_bytes(b"broken")
    with pytest.raises(InputError, match=r"must be whole, but are damaged: remove train_32x32\.mat"):
        load("svhn")


def test_importing_data_and_names_imports_no_torch():
    modules = "core.data.sources, core.models.names, core.training.config, core.training.schedule"
    code = f"import sys, {modules}; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_shim_declares_operators_only_after_that_failure(monkeypatch):
    calls, declared = [], []

    def fails_once(submodules):
        calls.append(submodules)
        if len(calls) == 1:
            raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr(torchvision_import, "_import", fails_once)
    monkeypatch.setattr(torchvision_import, "_forget_partial_import", lambda: None)
    monkeypatch.setattr(torchvision_import, "_declare_operators", lambda: declared.append(True))
    monkeypatch.setitem(sys.modules, "torchvision", sys)
    torchvision_import.import_torchvision("models")
    assert (len(calls), declared) == (2, [True])
    torchvision_import.import_torchvision("models")
    assert (len(calls), declared) == (3, [True])


def test_other_import_failures_are_one_sentence(monkeypatch):
    def fails(error):
        def raising(submodules):
            raise error

        return raising

    monkeypatch.setattr(torchvision_import, "_import", fails(ModuleNotFoundError("No module named 'torchvision'")))
    with pytest.raises(InputError, match="needs the package torchvision, which is not installed: run pip install"):
        torchvision_import.import_torchvision()
    monkeypatch.setattr(torchvision_import, "_import", fails(RuntimeError("broken build")))
    with pytest.raises(InputError, match=r"which fails at import \(broken build\)"):
        torchvision_import.import_torchvision()


def test_torchvision_works_here_in_a_fresh_process():
    code = (
        "from core.data.torchvision_import import import_torchvision as i; v = i('models', 'datasets', 'transforms'); "
        "v.models.resnet18(); i('models')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_timeout_is_restored():
    import socket

    with torchvision_sets._short_timeout():
        assert socket.getdefaulttimeout() == torchvision_sets.NETWORK_SECONDS
    assert socket.getdefaulttimeout() is None
