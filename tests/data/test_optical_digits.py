"""The bundled optical digits: against scikit-learn's own, enlarged as promised, and damage in one sentence."""

import json
import shutil

import numpy as np
import pytest
from sklearn.datasets import load_digits as sklearn_digits

from core.data.build_optical_digits import main
from core.data.digits import load_digits
from core.data.optical_digits import FOLDER, enlarged, load_optical_digits
from core.lab.errors import InputError


def test_they_are_those_of_scikit_learn():
    images, y = load_optical_digits(28)
    theirs = sklearn_digits()
    np.testing.assert_array_equal(y, theirs.target)
    np.testing.assert_array_equal(images, enlarged(theirs.images, 28))
    assert images.shape == (1797, 28, 28, 1)
    assert (FOLDER / "optical_digits.npz").stat().st_size < 1e5


def test_enlarging_by_hand():
    flat = enlarged(np.full((1, 8, 8), 16), 28)
    assert (flat[0, 4:24, 4:24, 0] == 255).all()
    assert flat.sum() == 255 * 400, "a margin of four pixels, as MNIST's digits have"
    ramp = enlarged(np.tile(np.arange(8), (1, 8, 1)), 28)[0, 12, 4:24, 0].astype(int)
    assert (np.diff(ramp) >= 0).all()
    assert ramp[0] == 0
    assert ramp[-1] == round(7 * 255 / 16)


def test_they_look_like_the_same_digits_of_another_source():
    ours = load_digits()
    means = np.stack([ours.x_train[ours.y_train == digit].mean(0).ravel() for digit in range(10)])
    images, y = load_optical_digits(28)
    distances = ((images.reshape(len(y), -1).astype(float)[:, None] - means[None]) ** 2).sum(2)
    right = (distances.argmin(1) == y).mean()
    assert 0.3 < right < 0.95, "far above chance, and shifted"


def test_damage_is_one_sentence(tmp_path, capsys):
    shutil.copytree(FOLDER, tmp_path / "copy")
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    manifest["arrays"]["y"] = "0" * 64
    (tmp_path / "copy" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="the manifest of the bundled optical digits must be whole"):
        load_optical_digits(28, tmp_path / "copy")
    (tmp_path / "wrong").write_bytes(b"nothing")
    assert main([str(tmp_path / "wrong")]) == 2
    assert "must have SHA-256" in capsys.readouterr().err
