"""Paths as people type them: what no file can have is refused in one readable sentence before anything is read."""

import struct
import zipfile

import numpy as np
import pytest

from core.data.files import named
from core.data.npz import npz_fingerprint
from core.data.sources import fingerprint
from core.lab.errors import InputError
from core.models.names import TORCHVISION_NAMES, check_model


@pytest.mark.parametrize("text", ["~nosuchuser/x.npz", "x" * 300 + ".npz", "/" + "y" * 5000, "a/" * 3000, "a\0b", "ä" * 200])
@pytest.mark.parametrize("prefix", ["npz:", "folder:"])
def test_a_path_that_no_file_can_have(prefix, text):
    with pytest.raises(InputError) as caught:
        fingerprint(prefix + text)
    assert len(str(caught.value)) < 500
    assert "\n" not in str(caught.value)


def test_a_path_is_read_as_typed(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert str(named(" ~/data/x y.npz ", "a data set")) == "/home/me/data/x y.npz"


def archive(path, shape):
    """Write an npz whose headers declare ``shape`` (text) and that holds no pixels."""
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({shape},), }}".encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    with zipfile.ZipFile(path, "w") as file:
        for name in ("x_train", "y_train", "x_test", "y_test"):
            file.writestr(f"{name}.npy", np.lib.format.magic(1, 0) + struct.pack("<H", len(header)) + header)
    return path


@pytest.mark.parametrize("shape, said", [("1" + "0" * 400, "more than any machine has"), ("-5", "negative"), ("10000000000", "9 GiB")])
def test_a_header_that_promises_too_much_or_nothing(tmp_path, shape, said):
    with pytest.raises(InputError, match=said):
        npz_fingerprint(archive(tmp_path / "made.npz", shape))


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04broken"])
def test_what_is_no_npz_is_found_before_any_computing(tmp_path, content):
    place = tmp_path / "text.npz"
    place.write_bytes(content)
    with pytest.raises(InputError, match=r"numpy\.savez"):
        npz_fingerprint(place)


def test_what_was_typed_without_end_is_cut_in_messages():
    assert len(str(InputError(f"epochs must be a whole number, got {'9' * 10_000}."))) < 250
    assert str(InputError("a short one.")) == "a short one."


def test_the_names_of_torchvision_are_its_own():
    from core.data.torchvision_import import import_torchvision
    models = import_torchvision("models").models
    assert list(TORCHVISION_NAMES) == models.list_models(module=models)
    check_model("torchvision:resnet18")
    with pytest.raises(InputError, match="try resnet18"):
        check_model("torchvision:resnet19")
