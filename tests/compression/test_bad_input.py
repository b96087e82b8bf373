"""What cannot be done is one sentence, told before any work: the rule, the value received, the remedy."""

import numpy as np
import pytest

from core.compression.cohorts import data_fingerprint
from core.compression.groups.config import CompressionConfig
from core.compression.repair.config import RepairConfig
from core.lab.errors import InputError


def npz(tmp_path, **changes):
    """Write 60 training and 60 test images of three classes with two groups; return how a config names the file."""
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (60, 12, 12), dtype=np.uint8), np.arange(60) % 3
    arrays = {"x_train": images, "y_train": labels, "x_test": images, "y_test": labels, "group_train": np.arange(60) % 2,
              "group_test": np.arange(60) % 2} | changes
    np.savez(tmp_path / "photos.npz", **{name: array for name, array in arrays.items() if array is not None})
    return f"npz:{tmp_path / 'photos.npz'}"


SMALL = {"n_train": 200, "n_calibration": 20, "batch_size": 10}


@pytest.mark.parametrize("changes, sentence", [
    ({"bits": "8,1"}, r"bits must be whole numbers from 2 to 16, separated by commas, got '8,1': drop what lies outside\.$"),
    ({"bits": "17"}, r"bits must be whole numbers from 2 to 16"),
    ({"sparsities": "50,96"}, r"sparsities must be per cent above 0 and at most 95"),
    ({"imbalance": 0.5}, r"imbalance must lie in \[1, 200\]"),
    ({"n_train": 200, "n_calibration": 201}, r"n_calibration must be at most n_train \(200\), got 201: lower it\.$")])
def test_settings(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        CompressionConfig(**changes)


@pytest.mark.parametrize("changes, sentence", [
    ({"n_train": 60_000}, r"class \d has 2000 of the \d+ that 60000 images at an imbalance of 20 ask for"),
    ({"calibration": "balanced", "n_calibration": 3000, "n_train": 3000},
     r"balanced calibration on 3000 samples needs 300 of group \d, got \d+: calibrate on fewer samples\.$"),
    ({**SMALL, "imbalance": 200.0}, r"Every class must keep at least 1 image, but an imbalance of 200 over 200 images")])
@pytest.mark.parametrize("kind", [CompressionConfig, RepairConfig])
def test_data_that_is_too_small_for_the_request(kind, changes, sentence):
    config = kind(**changes)
    with pytest.raises(InputError, match=sentence):
        data_fingerprint(config)


def test_groups_that_come_with_the_data(tmp_path):
    ask = {**SMALL, "n_train": 200}
    with pytest.raises(InputError, match=r"n_train must leave every group enough samples"):
        data_fingerprint(CompressionConfig(dataset=npz(tmp_path), **ask))
    few = np.array([0] * 50 + [1] * 10)
    with pytest.raises(InputError, match=r"every group needs at least 20 test images for its interval, but group 1 has 10"):
        data_fingerprint(CompressionConfig(dataset=npz(tmp_path, x_train=np.zeros((600, 12, 12), np.uint8), y_train=np.arange(600) % 3,
                                                       group_train=np.arange(600) % 2, group_test=few), **ask))
    with pytest.raises(InputError, match="group_train"):
        data_fingerprint(CompressionConfig(dataset=npz(tmp_path, group_train=np.zeros(7, np.int64)), **ask))
