"""Distillation and depth from the command line: every wrong input is one sentence and status 2; a small teacher is allowed, and said."""

import numpy as np
import pytest

from core.__main__ import main
from tests.cli.test_bad_input import empty_home, refuses  # noqa: F401

LABELS, DEPTH = ["run", "distillation"], ["run", "distillation_depth"]
WRONG = [
    (DEPTH, "most_dropped=7", "most_dropped must be at most 6, since 3 of 9 blocks always run, got 7: lower it, or add blocks."),
    (DEPTH, "most_dropped=-1", "most_dropped must lie in [1, 51], got -1"),
    (DEPTH, "blocks=2", "most_dropped must be at most 3, since 3 of 6 blocks always run, got 6"),
    (DEPTH, "temperature=0", "temperature must lie in [0.1, 100], got 0"),
    (LABELS, "temperatures=0", "temperatures must be different numbers in [0.1, 100], got '0': change or remove the others."),
    (LABELS, "temperatures=1,-4", "temperatures must be different numbers in [0.1, 100], got '1,-4'"),
    (LABELS, "temperatures=warm", "temperatures must be numbers separated by commas, got 'warm': write for example 0.3,0.9."),
    (LABELS, "weights=0.5,1.2", "weights must be different numbers in [0, 1], got '0.5,1.2'"),
    (LABELS, "weights=-0.1", "weights must be different numbers in [0, 1], got '-0.1'"),
    (LABELS, "weights=nan", "weights must be different numbers in [0, 1], got 'nan'"),
    (LABELS, "weights=", "weights must be numbers separated by commas, got ''"),
    (DEPTH, "guidance=1.5", "guidance must lie in [0, 1], got 1.5"),
    (DEPTH, "mutual=-0.1", "mutual must lie in [0, 1], got -0.1"),
    (DEPTH, "down=2", "down must lie in [0, 1], got 2"),
    (DEPTH, "down=nan", "down must be finite, got nan."),
    (DEPTH, "batch_norm=mine", "batch_norm must be one of recalibrated, own, got 'mine'"),
    (DEPTH, "n_more=1500", "n_more must be 0 or above n_train (1500), got 1500: raise it, or leave it out with 0."),
    (LABELS, "n_more=25000", "training and validation images together must be at most 20000, got 26000: lower one."),
    (LABELS, "n_more=500", "n_more must be 0 or above n_train (1000), got 500: raise it, or leave it out with 0."),
    (LABELS, "teacher=oracle", "model must be one of"),
]


@pytest.mark.parametrize("words, setting, expected", WRONG, ids=[f"{words[1]} {setting}" for words, setting, _ in WRONG])
def test_a_setting_that_cannot_be(words, setting, expected, capsys, empty_home):  # noqa: F811
    assert expected in refuses([*words, "--set", setting], capsys, empty_home)


@pytest.mark.parametrize("words", [LABELS, DEPTH], ids=["labels", "depth"])
def test_full_without_its_data(words, capsys, empty_home):  # noqa: F811
    assert "data set cifar100 must lie in GLASSHOUSE_DATA" in refuses([*words, "--preset", "full"], capsys, empty_home)


@pytest.mark.parametrize("words", [LABELS, DEPTH], ids=["labels", "depth"])
def test_data_of_one_class(words, capsys, empty_home, tmp_path):  # noqa: F811
    images, labels = np.zeros((20, 12, 12), np.uint8), np.zeros(20, np.int64)
    np.savez(tmp_path / "one.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    said = refuses([*words, "--set", f"dataset=npz:{tmp_path / 'one.npz'}"], capsys, empty_home)
    assert "y_train must name at least 2 classes, got 1: add images of another class." in said


def test_a_teacher_smaller_than_its_student_is_allowed_and_said(capsys, empty_home):  # noqa: F811
    small = ("student=cnn", "width=8", "teacher_width=4", "n_train=100", "n_more=0", "n_validation=50", "n_test=100", "epochs=1",
             "teacher_epochs=1", "encoder_epochs=1", "weights=0.5", "temperatures=1", "batch_size=50", "per_class=5")
    assert main([*LABELS, "--seeds", "0", *(word for setting in small for word in ("--set", setting))]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if "larger teacher" in line or "than a teacher" in line]
    assert len(told) == 2
    assert all("Not testable here" in line and "the teacher is larger than its student" in line for line in told)
