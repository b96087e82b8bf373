"""Bring your own npz: what is accepted, and the sentence for each broken rule."""

import io
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.npz import load_npz
from core.data.sources import fingerprint, load
from core.lab.errors import InputError


def arrays(n: int = 12, n_classes: int = 3, shape: tuple[int, ...] = (8, 9), **changes) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    made = {
        "x_train": generator.integers(0, 256, (n, *shape), np.uint8),
        "y_train": np.arange(n) % n_classes,
        "x_test": generator.integers(0, 256, (6, *shape), np.uint8),
        "y_test": np.arange(6) % n_classes,
    }
    made |= changes
    return {name: value for name, value in made.items() if value is not None}


def write(path, **changes):
    np.savez(path, **arrays(**changes))
    return path


def test_grey_images_gain_a_channel_axis(tmp_path):
    path = write(tmp_path / "grey.npz")
    data = load(f"npz:{path}")
    assert data.x_train.shape == (12, 8, 9, 1)
    assert data.y_train.dtype == np.int64
    assert data.class_names == ("class 0", "class 1", "class 2")
    assert data.fingerprint == fingerprint(f"npz:{path}")
    assert data.attribute_train is None
    np.testing.assert_array_equal(data.x_test[..., 0], arrays()["x_test"])


def test_attributes_come_through(tmp_path):
    data = load_npz(write(tmp_path / "a.npz", attribute_train=np.arange(12) % 2, attribute_test=np.zeros(6, np.uint8)))
    assert data.attribute_train.tolist() == [0, 1] * 6
    assert data.attribute_test.dtype == np.int64
    data = load_npz(write(tmp_path / "g.npz", group_train=np.arange(12) % 2, group_test=np.ones(6, np.uint8)))
    assert (data.attribute_train.tolist(), data.attribute_test.tolist()) == ([0, 1] * 6, [1] * 6)


def test_fingerprint_follows_the_content(tmp_path):
    first, second = write(tmp_path / "1.npz"), write(tmp_path / "2.npz", y_test=np.array([2, 1, 0, 0, 1, 2]))
    assert fingerprint(f"npz:{first}") == fingerprint(f"npz:{write(tmp_path / '3.npz')}")
    assert fingerprint(f"npz:{first}") != fingerprint(f"npz:{second}")


@settings(max_examples=15, deadline=None)
@given(
    n=st.integers(2, 20),
    side=st.integers(8, 12),
    channels=st.sampled_from([None, 1, 3]),
    label_type=st.sampled_from(["u1", "i4", "i8"]),
)
def test_any_legal_file_is_read_back(tmp_path_factory, n, side, channels, label_type):
    shape = (side, side) if channels is None else (side, side, channels)
    labels = (np.arange(n) % 2).astype(label_type)
    made = arrays(n=n, n_classes=2, shape=shape, y_train=labels)
    path = tmp_path_factory.mktemp("npz") / "a.npz"
    np.savez_compressed(path, **made)
    data = load_npz(path)
    np.testing.assert_array_equal(data.x_train.reshape(made["x_train"].shape), made["x_train"])
    np.testing.assert_array_equal(data.y_train, made["y_train"])


BAD_ARRAYS = {
    "missing array": ({"y_test": None}, "must hold the arrays x_train, y_train, x_test, y_test, but y_test is missing"),
    "images with NaN": ({"x_train": np.full((12, 8, 9), np.nan)}, "got float64 with 864 values that are no finite numbers"),
    "signed pixels below": ({"x_test": np.full((6, 8, 9), -3, np.int8)}, "got int8 from -3 to -3: bring them to one of these ranges"),
    "wild floats": ({"x_train": np.full((12, 8, 9), 300.0)}, "got float64 from 300 to 300"),
    "five channels": ({"x_train": np.zeros((12, 8, 9, 5), np.uint8)}, "must have 1 or 3 channels as its last axis"),
    "two dimensions": ({"x_train": np.zeros((12, 72), np.uint8)}, "must have shape N x H x W or N x H x W x C, got 2 dimensions"),
    "five dimensions": ({"x_train": np.zeros((12, 8, 9, 1, 1), np.uint8)}, "got 5 dimensions"),
    "channels first": ({"x_train": np.zeros((12, 3, 32, 32), np.uint8)}, "must have 1 or 3 channels as its last axis"),
    "tiny images": ({"x_train": np.zeros((12, 7, 9), np.uint8)}, "sides of at least 8 pixels, got 7 x 9"),
    "no training image": (
        {"x_train": np.zeros((0, 8, 9), np.uint8), "y_train": np.zeros(0, int)},
        "x_train must hold at least one image",
    ),
    "no test image": (
        {"x_test": np.zeros((0, 8, 9), np.uint8), "y_test": np.zeros(0, int)},
        "x_test must hold at least one image",
    ),
    "shapes differ": (
        {"x_test": np.zeros((6, 9, 9), np.uint8)},
        "x_test must have the image shape of x_train (8, 9, 1), got (9, 9, 1)",
    ),
    "lengths differ": ({"y_train": np.arange(11) % 3}, "y_train must hold one label per image, got 11 labels for 12 images"),
    "one class": ({"y_train": np.zeros(12, int), "y_test": np.zeros(6, int)}, "y_train must name at least 2 classes, got 1"),
    "gap in classes": ({"y_train": np.arange(12) % 2 * 2}, "must use every class from 0 to its largest, got 2 classes up to 2"),
    "labels from one": ({"y_train": np.arange(12) % 3 + 1}, "must use every class from 0 to its largest"),
    "negative label": ({"y_train": np.arange(12) % 3 - 1}, "y_train must count from 0, got -1"),
    "text labels": ({"y_train": np.array(list("abc") * 4)}, "y_train must hold whole numbers, got <U1"),
    "object labels": ({"y_train": np.array([0, 1, 2] * 4, object)}, "y_train must hold numbers, got Python objects"),
    "huge label": ({"y_train": np.array([0, 1] * 5 + [2, 2**64 - 1], np.uint64)}, "y_train must count from 0 without gaps"),
    "unknown test class": ({"y_test": np.array([0, 1, 2, 3, 0, 1])}, "y_test must name only classes of y_train (0 to 2), got 3"),
    "too many classes": (
        {"x_train": np.zeros((1001, 8, 9), np.uint8), "y_train": np.arange(1001)},
        "at most 1000 classes, got 1001",
    ),
    "lone attribute": ({"attribute_train": np.zeros(12, int)}, "must come together, got only attribute_train"),
    "lone group": ({"group_test": np.zeros(6, int)}, "got only group_test: add group_train"),
    "two names for groups": (
        {f"{name}_{part}": np.zeros(n, int) for name in ("group", "attribute") for part, n in (("train", 12), ("test", 6))},
        "got both: drop one pair",
    ),
    "group length": (
        {"group_train": np.zeros(9, int), "group_test": np.zeros(6, int)},
        "group_train must hold one label per image, got 9 labels for 12 images",
    ),
    "attribute length": (
        {"attribute_train": np.zeros(9, int), "attribute_test": np.zeros(6, int)},
        "attribute_train must hold one label per image",
    ),
}


@pytest.mark.parametrize("case", BAD_ARRAYS, ids=str)
def test_bad_arrays_are_one_sentence(tmp_path, case):
    changes, words = BAD_ARRAYS[case]
    path = write(tmp_path / "bad.npz", **changes)
    with pytest.raises(InputError) as caught:
        load_npz(path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match="an npz data set must be an existing file"):
        load_npz(tmp_path / "absent.npz")
    with pytest.raises(InputError, match="an npz data set must be an existing file"):
        fingerprint(f"npz:{tmp_path}")


def test_not_an_archive(tmp_path):
    path = tmp_path / "text.npz"
    path.write_text("hello")
    with pytest.raises(InputError, match=r"must be a file that numpy\.savez wrote"):
        load_npz(path)


def test_lone_npy_is_refused(tmp_path):
    path = tmp_path / "one.npz"
    with path.open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(InputError, match=r"must be a file that numpy\.savez wrote"):
        load_npz(path)


def test_truncated_archive(tmp_path):
    path = write(tmp_path / "cut.npz")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"must be a file that numpy\.savez wrote"):
        load_npz(path)


def test_damaged_pixels(tmp_path):
    path = write(tmp_path / "flipped.npz")
    content = bytearray(path.read_bytes())
    content[400] ^= 0xFF  # inside x_train's pixels; the zip checksum notices
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"must be a file that numpy\.savez wrote"):
        load_npz(path)


def _header_only(shape: tuple[int, ...]) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return stream.getvalue()


def test_declared_bomb_is_refused_before_reading(tmp_path):
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("x_train", "y_train", "x_test", "y_test"):
            archive.writestr(f"{name}.npy", _header_only((2**20, 2**10, 2**10)))
    with pytest.raises(InputError, match=r"may take at most 4 GiB in memory, but .* declares 1024 GiB"):
        load_npz(path)


def test_declared_size_beyond_the_data_is_refused(tmp_path):
    path = tmp_path / "short.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("x_train", "y_train", "x_test", "y_test"):
            archive.writestr(f"{name}.npy", _header_only((1000, 8, 8)) + struct.pack("4B", 1, 2, 3, 4))
    with pytest.raises(InputError, match=r"must be a file that numpy\.savez wrote"):
        load_npz(path)


def test_an_array_that_stands_twice_is_refused(tmp_path):
    """Looked at as x_train.npy and handed over as x_train: no header may vouch for another entry."""
    path = write(tmp_path / "twice.npz")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("x_train", b"another")
    with pytest.raises(InputError, match="must hold each array once, got 5 entries of 4 names"):
        load(f"npz:{path}")


def test_a_bomb_is_refused_by_its_headers(tmp_path):
    """Half a gigabyte of zeros in half a megabyte."""
    path = tmp_path / "bomb.npz"
    np.savez_compressed(path, **arrays(x_train=np.zeros((500, 1024, 1024), np.uint8), y_train=np.arange(500) % 3))
    assert path.stat().st_size < 2**20
    with pytest.raises(InputError, match="x_train must be worth its size, got 500 MB in"):
        fingerprint(f"npz:{path}")
