"""Arrays as people keep them: what is read, what is said of it, and that the values are the same."""

import numpy as np
import pytest

from core.data.npz import load_npz

GENERATOR = np.random.default_rng(0)
X, XT = (GENERATOR.integers(0, 256, (n, 24, 32, 3), np.uint8) for n in (12, 6))
Y, YT = np.arange(12) % 3, np.arange(6) % 3


def read(tmp_path, x=X, y=Y, xt=XT, yt=YT, names=("x_train", "y_train", "x_test", "y_test"), **more):
    path = tmp_path / "a.npz"
    np.savez(path, **dict(zip(names, (x, y, xt, yt), strict=True)), **more)
    return load_npz(path)


PIXELS = {
    "bytes": (lambda x: x, None),
    "floats to one": (lambda x: x / np.float32(255), "from 0 to 1"),
    "doubles to one": (lambda x: x / 255.0, "from 0 to 1"),
    "normalised": (lambda x: (x / 127.5 - 1).astype(np.float32), "from -1 to 1"),
    "floats to 255": (lambda x: x.astype(np.float32), "from 0 to 255"),
    "long integers": (lambda x: x.astype(np.int64), "became bytes"),
    "16 bits": (lambda x: x.astype(np.uint16) * 257, "16-bit depths up to 65535"),
    "big endian": (lambda x: x.astype(">u2"), "became bytes"),
    "channels first": (lambda x: np.moveaxis(x, -1, 1), "channels stood first"),
    "Fortran order": (np.asfortranarray, None),
    "opaque": (lambda x: np.concatenate([x, np.full_like(x[..., :1], 255)], -1), "transparency"),
}


@pytest.mark.parametrize("kind", PIXELS)
def test_pixels_are_the_same_however_they_are_written(tmp_path, kind):
    change, said = PIXELS[kind]
    data = read(tmp_path, x=change(X), xt=change(XT))
    np.testing.assert_array_equal(data.x_train, X)
    np.testing.assert_array_equal(data.x_test, XT)
    assert data.x_train.dtype == np.uint8
    assert bool(data.notes) == (said is not None)
    assert said is None or any(said in note for note in data.notes)


def test_both_parts_share_one_scale(tmp_path):
    """A dark test part of floats that stays under one is not stretched when training reaches 255."""
    data = read(tmp_path, x=X.astype(np.float32), xt=np.ones(XT.shape, np.float32))
    assert data.x_test.max() == 1


def test_what_is_transparent_is_white(tmp_path):
    clear = np.concatenate([X, np.zeros_like(X[..., :1])], -1)
    assert (read(tmp_path, x=clear, xt=clear[:6]).x_train == 255).all()


LABELS = {
    "column": (lambda y: y[:, None].astype(np.uint8), ("class 0", "class 1", "class 2"), "stood in a column"),
    "one-hot": (lambda y: np.eye(3)[y], ("class 0", "class 1", "class 2"), "one-hot"),
    "floats": (lambda y: y.astype(float), ("class 0", "class 1", "class 2"), "whole numbers of type float64"),
    "from one": (lambda y: y + 1, ("1", "2", "3"), "the labels 1, 2, 3 became classes 0 to 2"),
    "gap": (lambda y: y * 2, ("0", "2", "4"), "the labels 0, 2, 4"),
    "words": (lambda y: np.array(["ant", "bee", "cat"])[y], ("ant", "bee", "cat"), "the labels ant, bee, cat"),
    "bytes": (lambda y: np.array([b"ant", b"bee", b"cat"])[y], ("ant", "bee", "cat"), "the labels ant, bee, cat"),
    "big endian": (lambda y: y.astype(">i4"), ("class 0", "class 1", "class 2"), None),
}


@pytest.mark.parametrize("kind", LABELS)
def test_labels_are_the_same_however_they_are_written(tmp_path, kind):
    change, names, said = LABELS[kind]
    data = read(tmp_path, y=change(Y), yt=change(YT))
    assert data.y_train.tolist() == Y.tolist()
    assert data.y_test.tolist() == YT.tolist()
    assert data.class_names == names
    assert said is None or any(said in note for note in data.notes)


def test_true_and_false_are_two_classes(tmp_path):
    data = read(tmp_path, y=Y > 0, yt=YT > 0)
    assert data.y_train.tolist() == (Y > 0).astype(int).tolist()
    assert any("false and true" in note for note in data.notes)


@pytest.mark.parametrize("names", [
    ("train_images", "train_labels", "test_images", "test_labels"), ("X_train", "Y_train", "X_test", "Y_test"),
    ("Xtrain", "ytrain", "Xtest", "ytest"), ("train_data", "train_targets", "test_data", "test_targets")])
def test_names_of_other_collections_are_known(tmp_path, names):
    data = read(tmp_path, names=names, val_images=X[:2], val_labels=Y[:2])
    np.testing.assert_array_equal(data.x_train, X)
    assert f"{names[0]} was read as x_train" in data.notes
    assert any("val_images, val_labels were left out" in note for note in data.notes)
