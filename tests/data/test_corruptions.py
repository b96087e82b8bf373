"""Corruptions: what each does by hand, that levels get worse, that a seed names one stream, and what is refused."""

import itertools

import numpy as np
import pytest

from core.data.corruptions import CORRUPTION_TITLES, CORRUPTIONS, LEVELS, corrupt
from core.lab.errors import InputError

GREY = np.random.default_rng(0).integers(60, 196, (40, 28, 28, 1)).astype(np.uint8)
COLOUR = np.random.default_rng(1).integers(0, 256, (5, 32, 20, 3)).astype(np.uint8)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def spread(images: np.ndarray, clean: np.ndarray) -> float:
    return float(np.abs(images.astype(float) - clean).mean())


@pytest.mark.parametrize("name", CORRUPTIONS)
@pytest.mark.parametrize("images", [GREY, COLOUR], ids=["grey", "colour"])
def test_every_kind_keeps_shape_and_argument_and_repeats(name: str, images: np.ndarray):
    before = images.copy()
    first = corrupt(images, name, 4, rng())
    assert first.dtype == np.uint8
    assert first.shape == images.shape
    np.testing.assert_array_equal(images, before)
    np.testing.assert_array_equal(first, corrupt(images, name, 4, rng()))
    assert not np.array_equal(first, images)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_every_level_moves_farther_from_the_clean_images(name: str):
    away = [spread(corrupt(GREY, name, level, rng()), GREY) for level in LEVELS]
    assert all(later > earlier for earlier, later in itertools.pairwise(away)), away


def test_level_zero_is_a_clean_copy():
    clean = corrupt(GREY, "frost", 0, rng())
    np.testing.assert_array_equal(clean, GREY)
    assert clean is not GREY


def test_noise_has_the_spread_it_names():
    flat = np.full((50, 28, 28, 1), 128, np.uint8)
    noisy = corrupt(flat, "gaussian", 1, rng())
    assert noisy.astype(float).std() / 255 == pytest.approx(0.1, rel=0.02)
    shot = corrupt(flat, "shot", 1, rng()).astype(float) / 255  # a count of mean m has variance m
    assert shot.std() == pytest.approx(np.sqrt(128 / 255 / 40), rel=0.03)


def test_salt_and_pepper_hits_whole_pixels_half_black_half_white():
    images = np.full((50, 20, 20, 3), 100, np.uint8)
    hit = corrupt(images, "salt_and_pepper", 5, rng())
    black, white = (hit == 0).all(axis=-1), (hit == 255).all(axis=-1)
    assert ((hit == 100).all(axis=-1) | black | white).all()
    assert black.mean() == pytest.approx(0.2, abs=0.01)
    assert white.mean() == pytest.approx(0.2, abs=0.01)


def test_impulse_replaces_the_share_it_names_by_uniform_values():
    flat = np.full((50, 28, 28, 1), 7, np.uint8)
    changed = corrupt(flat, "impulse", 5, rng())
    assert (changed != 7).mean() == pytest.approx(0.5 * 255 / 256, abs=0.01)
    assert changed[changed != 7].mean() == pytest.approx(127.5, abs=2)


def test_contrast_and_brightness_by_hand():
    image = np.array([0, 100, 200, 100], np.uint8).reshape(1, 2, 2, 1)  # mean 100
    np.testing.assert_array_equal(corrupt(image, "contrast", 3, rng()).ravel(), [75, 100, 125, 100])
    np.testing.assert_array_equal(corrupt(image, "brightness", 5, rng()).ravel(), [153, 253, 255, 253])


def test_pixelation_takes_means_of_blocks():
    image = np.arange(28 * 28, dtype=np.float64).reshape(1, 28, 28, 1) % 251
    blocks = corrupt(image.astype(np.uint8), "pixelate", 2, rng())[0, :, :, 0]  # 14 blocks of two pixels
    expected = np.rint(image[0, :, :, 0].reshape(14, 2, 14, 2).mean(axis=(1, 3)))
    assert np.abs(blocks[::2, ::2] - expected).max() <= 1  # halves may round either way in float32
    np.testing.assert_array_equal(blocks[::2], blocks[1::2])
    np.testing.assert_array_equal(blocks[:, ::2], blocks[:, 1::2])


def test_blur_keeps_flat_images_and_grows_with_the_image():
    flat = np.full((1, 28, 28, 1), 90, np.uint8)
    np.testing.assert_array_equal(corrupt(flat, "blur", 5, rng()), flat)
    dot = np.zeros((1, 57, 57, 1), np.uint8)
    dot[0, 28, 28] = 255
    wide = np.count_nonzero(corrupt(dot, "blur", 1, rng()))
    narrow = np.count_nonzero(corrupt(dot[:, 14:43, 14:43], "blur", 1, rng()))
    assert wide > narrow > 1


def test_kinds_without_chance_leave_the_generator_alone():
    for name in ("blur", "pixelate", "contrast", "brightness"):
        drawer = rng(5)
        corrupt(GREY, name, 3, drawer)
        assert drawer.random() == rng(5).random()


def test_titles_are_those_of_the_table():
    assert list(CORRUPTION_TITLES) == list(CORRUPTIONS)
    assert all(kind.title and kind.help.endswith(".") for kind in CORRUPTIONS.values())


@pytest.mark.parametrize(("name", "level", "sentence"), [
    ("fog", 3, "a corruption must be one of .* got 'fog'"), ("blur", 6, "from 0 .* to 5 .* got 6"),
    ("blur", 1.5, "whole number .* got 1.5"), ("blur", True, "got True")])
def test_what_is_refused(name: str, level: int, sentence: str):
    with pytest.raises(InputError, match=sentence):
        corrupt(GREY, name, level, rng())


def test_images_that_are_no_bytes_are_refused():
    with pytest.raises(InputError, match="must be uint8 of shape"):
        corrupt(GREY.astype(np.float32), "blur", 1, rng())
