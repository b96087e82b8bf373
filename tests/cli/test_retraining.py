"""Retraining from the command line: what cannot be is one sentence and status 2, before anything is computed."""

import numpy as np
import pytest

from tests.cli.test_bad_input import empty_home, refuses  # noqa: F401

SHIFTS, TASKS, INDEX = ["run", "retraining"], ["run", "retraining_tasks"], ["run", "retraining_index"]
OTHER = "new data must have the 10 classes of the old data, got 2: a class-wise index compares class by class; for other classes run"
WRONG = [
    (SHIFTS, "new=npz:FOLDER/two28.npz", OTHER),
    (INDEX, "new=npz:FOLDER/two28.npz", OTHER),
    (SHIFTS, "layer=blocks.9", "layer must be last or one of blocks.0.0, blocks.1.0, blocks.2.0, hidden, head, got 'blocks.9'."),
    (INDEX, "layer=blocks.9", "layer must be last or one of"),
    (SHIFTS, "dataset=npz:FOLDER/one.npz", "y_train must name at least 2 classes, got 1: add images of another class."),
    (TASKS, "own_task=npz:FOLDER/one.npz", "y_train must name at least 2 classes, got 1"),
    (TASKS, "own_source=npz:FOLDER/two.npz", "own_source must hold images of shape (28, 28, 1) as the sources do, got (12, 12, 1)"),
    (TASKS, "n_source=7996", "every class of a task needs train images that no source has seen, got 0 of 10 classes: lower n_source"),
    (TASKS, "share=101", "share must lie in [10, 100], got 101."),
    (SHIFTS, "margin=0", "margin must lie in [1, 40], got 0."),
    (SHIFTS, "n_images=30000", "n_images must be at most the 20,000 images of the old data, got 30,000: lower it."),
    (INDEX, "features=FOLDER/hole.npz", "the old features must be finite, got 1 of 40 samples that are not: drop or repair them."),
    (INDEX, "features=FOLDER/lone.npz", "old must hold at least 2 classes, got 1: add samples of another class."),
    (INDEX, "weights=FOLDER/hole.npz", "a file of weights must be a safetensors file"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Images of one class, of two, and features with a hole or of one class."""
    place, y = tmp_path_factory.mktemp("wrong"), np.arange(40) % 2
    images, features = np.zeros((40, 12, 12), np.uint8), np.ones((40, 3))
    for name, labels in (("one", np.zeros(40, np.int64)), ("two", y)):
        np.savez(place / f"{name}.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    large = np.zeros((40, 28, 28), np.uint8)
    np.savez(place / "two28.npz", x_train=large, y_train=y, x_test=large, y_test=y)
    np.savez(place / "hole.npz", old=np.where(np.arange(40)[:, None] == 4, np.nan, features), y_old=y, new=features, y_new=y)
    np.savez(place / "lone.npz", old=features, y_old=0 * y, new=features, y_new=0 * y)
    return place


@pytest.mark.parametrize("words, setting, expected", WRONG, ids=[f"{words[1]} {setting}" for words, setting, _ in WRONG])
def test_what_cannot_be(words, setting, expected, capsys, empty_home, folder):  # noqa: F811
    assert expected in refuses([*words, "--set", setting.replace("FOLDER", str(folder))], capsys, empty_home)
