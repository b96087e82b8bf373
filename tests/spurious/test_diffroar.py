"""DiffROAR: which pixels are kept, and the direction of the number on images whose informative place is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lab.errors import InputError
from core.spurious.diffroar import LabelledMaps, diffroar, keep_pixels, mean_pixel, random_maps
from core.training.config import TrainingConfig

CONFIG = TrainingConfig(model="mlp", width=2, epochs=5, batch_size=20, learning_rate=0.05, precision="float32")
FILL = np.array([7], np.uint8)


def test_kept_pixels_by_hand():
    """Values 1, -4, 2, 0: the top half is the second and third pixel, the bottom half the first and fourth."""
    x = np.array([10, 20, 30, 40], np.uint8).reshape(1, 2, 2, 1)
    maps = np.array([1.0, -4.0, 2.0, 0.0]).reshape(1, 2, 2)
    ties = np.zeros((1, 2, 2))
    top = keep_pixels(x, maps, 0.5, kept="top", fill=FILL, ties=ties)
    bottom = keep_pixels(x, maps, 0.5, kept="bottom", fill=FILL, ties=ties)
    assert top.ravel().tolist() == [7, 20, 30, 7]
    assert bottom.ravel().tolist() == [10, 7, 7, 40]


def test_equal_values_are_decided_by_ties():
    x = np.array([10, 20, 30, 40], np.uint8).reshape(1, 2, 2, 1)
    ties = np.array([3.0, 1.0, 2.0, 0.0]).reshape(1, 2, 2)
    kept = keep_pixels(x, np.zeros((1, 2, 2)), 0.25, kept="top", fill=FILL, ties=ties)
    assert kept.ravel().tolist() == [7, 7, 7, 40]


@given(st.floats(0.01, 0.99), st.integers(0, 10**6))
def test_top_and_bottom_keep_equally_many(fraction, seed):
    rng = np.random.default_rng(seed)
    x, maps, ties = rng.integers(8, 256, (2, 5, 6, 3)).astype(np.uint8), rng.normal(size=(2, 5, 6)), rng.random((2, 5, 6))
    fill = np.array([0, 1, 2], np.uint8)
    for kept in ("top", "bottom"):
        masked = keep_pixels(x, maps, fraction, kept=kept, fill=fill, ties=ties)
        same = (masked == x).all(axis=-1)
        np.testing.assert_array_equal(same.sum((1, 2)), max(1, round(fraction * 30)))
        assert np.all((masked == fill).all(axis=-1) | same)
        ranked = np.sort(np.abs(maps).reshape(2, -1), axis=1)
        edge = np.abs(maps)[same].reshape(2, -1)
        expected = ranked[:, -edge.shape[1]:] if kept == "top" else ranked[:, : edge.shape[1]]
        np.testing.assert_array_equal(np.sort(edge, axis=1), expected)


def test_mean_pixel_by_hand():
    assert mean_pixel(np.array([[[[0, 10]], [[3, 20]]]], np.uint8)).tolist() == [2, 15]  # 1.5 rounds to even


def test_random_maps_depend_on_seed_and_part():
    one = random_maps((2, 3, 3), 0, "train")
    np.testing.assert_array_equal(one, random_maps((2, 3, 3), 0, "train"))
    assert not np.array_equal(one, random_maps((2, 3, 3), 1, "train"))
    assert not np.array_equal(one, random_maps((2, 3, 3), 0, "test"))


def test_what_cannot_be_kept():
    x, maps = np.zeros((1, 2, 2, 1), np.uint8), np.zeros((1, 2, 2))
    with pytest.raises(InputError, match="between 0 and 1, got 1"):
        keep_pixels(x, maps, 1.0, kept="top", fill=FILL, ties=maps)
    with pytest.raises(InputError, match="got 'middle'"):
        keep_pixels(x, maps, 0.5, kept="middle", fill=FILL, ties=maps)


def informative_corner(n: int, seed: int) -> LabelledMaps:
    """Noise whose first four pixels tell the class; one map knows them, one says the opposite."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    x = rng.integers(0, 256, (n, 8, 8, 1))
    x[:, 0, :4] = np.where(y, 215, 40)[:, None, None] + rng.integers(-30, 31, (n, 4, 1))
    right = rng.random((n, 8, 8)) * 0.1
    right[:, 0, :4] += 1.0
    return LabelledMaps(x.astype(np.uint8), y, {"right": right, "wrong": 2.0 - right})


def test_direction():
    """A map that knows the informative pixels is far above zero, its opposite as far below, chance near zero."""
    train, test = informative_corner(160, 1), informative_corner(160, 2)
    table = diffroar(train, test, CONFIG, fractions=(0.1,), seed=0, n_classes=2, processes=1)
    assert table.columns.tolist() == ["map", "fraction", "accuracy_top", "accuracy_bottom", "diffroar"]
    found = table.set_index("map")["diffroar"]
    assert found["right"] > 0.3
    assert found["wrong"] < -0.3
    assert abs(found["random"]) < 0.25
    np.testing.assert_allclose(table["diffroar"], table["accuracy_top"] - table["accuracy_bottom"])
