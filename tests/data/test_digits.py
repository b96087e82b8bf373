"""The bundled handwritten digits: what they hold, damage, and the script that builds them."""

import json
import shutil

import numpy as np
import pytest

from core.data.build_digits import main, pixels
from core.data.digits import FOLDER, load_digits
from core.data.sources import fingerprint, load
from core.lab.errors import InputError


def test_bundled_digits():
    data = load("digits")
    assert data.x_train.shape[1:] == (28, 28, 1)
    assert data.x_train.dtype == np.uint8
    assert len(data.y_train) + len(data.y_test) == 10_000
    assert np.bincount(data.y_train).min() > 600
    assert np.bincount(data.y_test).min() > 150
    assert data.fingerprint == fingerprint("digits")
    # MNIST's mean grey is 0.1307 (published statistic)
    assert np.concatenate([data.x_train, data.x_test]).mean() / 255 == pytest.approx(0.1307, abs=0.003)
    assert (FOLDER / "digits.npz").stat().st_size < 2e6


def test_each_digit_looks_like_itself():
    data = load_digits()
    means = np.stack([data.x_train[data.y_train == digit].mean(0).ravel() for digit in range(10)])
    flat = data.x_test.reshape(len(data.y_test), -1).astype(float)
    distances = ((flat[:, None] - means[None]) ** 2).sum(2)
    assert (distances.argmin(1) == data.y_test).mean() > 0.75  # class means alone; chance is 0.1


def test_pixels_by_hand():
    assert pixels(np.array([0.0, 0.2, 0.624, 0.992, 1.0])).tolist() == [0, 51, 159, 253, 255]
    with pytest.raises(InputError, match="bytes over 255, rounded to three digits"):
        pixels(np.array([0.2015]))


def test_damage_is_one_sentence(tmp_path, capsys):
    shutil.copytree(FOLDER, tmp_path / "copy")
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    manifest["arrays"]["y_test"] = "0" * 64
    (tmp_path / "copy" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="the manifest of the bundled handwritten digits must be whole"):
        load_digits(tmp_path / "copy")
    wrong = tmp_path / "wrong.tgz"
    wrong.write_bytes(b"nothing")
    assert main([str(wrong)]) == 2
    assert "must have SHA-256" in capsys.readouterr().err
    assert main([str(tmp_path / "absent.tgz")]) == 2
    assert "must be a readable file" in capsys.readouterr().err
