"""Marks: which pixels they change, by how much, and what they refuse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.marks import MARK_NAMES, mark_area, write_mark
from core.lab.errors import InputError

GREY = np.random.default_rng(0).integers(0, 256, (3, 12, 10, 1)).astype(np.uint8)
COLOUR = np.random.default_rng(1).integers(0, 256, (2, 12, 12, 3)).astype(np.uint8)


def test_patch_by_hand():
    """Rows and columns 1 to 3 take strength times 255, nothing else moves, the argument is left alone."""
    before = GREY.copy()
    marked = write_mark(GREY, "patch", strength=0.5, size=3)
    expected = GREY.copy()
    expected[:, 1:4, 1:4] = 128  # 127.5 rounds to even
    np.testing.assert_array_equal(marked, expected)
    np.testing.assert_array_equal(GREY, before)


def test_the_published_line():
    """Column 16 of 32 pixels, red channel alone, 0.75 * 255."""
    images = np.full((1, 32, 32, 3), 200, np.uint8)
    marked = write_mark(images, "line", strength=0.75, size=1)
    assert (marked[0, :, 16, 0] == 191).all()
    marked[0, :, 16, 0] = 200
    np.testing.assert_array_equal(marked, images)


def test_areas_by_hand():
    frame = mark_area("frame", 8, 9, 2)
    assert frame.sum() == 8 * 9 - 4 * 5
    assert not frame[2:6, 2:7].any()
    assert mark_area("line", 6, 8, 2).sum(axis=0).tolist() == [0, 0, 0, 0, 6, 6, 0, 0]
    assert mark_area("tint", 6, 8, 3).all()


def test_tint_by_hand():
    """30 % of the way to red at full strength, half of that at half strength; white for grey images."""
    pixel = np.array([[[[100, 100, 0]]]], np.uint8)
    assert write_mark(pixel, "tint", strength=1.0, size=1).ravel().tolist() == [146, 70, 0]  # 146.5 rounds to even
    assert write_mark(pixel[..., :1], "tint", strength=0.5, size=1).ravel().tolist() == [123]


def test_noise_is_one_texture_for_all_images():
    flat = np.full((2, 12, 12, 1), 128, np.uint8)
    change = write_mark(flat, "noise", strength=1.0, size=1).astype(int) - flat
    np.testing.assert_array_equal(change[0], change[1])
    assert np.abs(change).max() <= 64
    assert np.abs(change).mean() > 20
    half = write_mark(flat, "noise", strength=0.5, size=1).astype(int) - flat
    np.testing.assert_allclose(half, change / 2, atol=1)


@given(st.sampled_from(MARK_NAMES), st.floats(0, 1), st.integers(1, 4))
def test_marks_change_nothing_outside_their_area(name, strength, size):
    for images in (GREY, COLOUR):
        marked = write_mark(images, name, strength=strength, size=size)
        area = mark_area(name, *images.shape[1:3], size)
        assert marked.dtype == np.uint8
        np.testing.assert_array_equal(marked[:, ~area], images[:, ~area])


@pytest.mark.parametrize("name", ["tint", "noise"])
def test_strength_zero_of_tint_and_noise_changes_nothing(name):
    np.testing.assert_array_equal(write_mark(COLOUR, name, strength=0.0, size=1), COLOUR)


@pytest.mark.parametrize("name, size, words", [
    ("patch", 9, "a patch must be between 1 and 8 pixels wide to fit into images of 12 x 10, got 9: change mark_size"),
    ("line", 10, "a line must be between 1 and 9"), ("frame", 5, "a frame must be between 1 and 4"), ("star", 1, "got 'star'")])
def test_a_mark_that_does_not_fit_is_one_sentence(name, size, words):
    with pytest.raises(InputError, match=words):
        write_mark(GREY, name, strength=1.0, size=size)


def test_strength_has_its_range():
    with pytest.raises(InputError, match=r"lie in \[0, 1\], got 1.5"):
        write_mark(GREY, "patch", strength=1.5, size=1)
