"""Calibration from the command line: what cannot be is one sentence and status 2, before anything is computed."""

import numpy as np
import pytest

from tests.cli.test_bad_input import empty_home, refuses  # noqa: F401

STREAMS, OUTPUTS = ["run", "calibration"], ["run", "calibration_outputs"]
OWN = ("shift=test_set", "n_train=200", "n_home=100", "n_stream=64")
WRONG = [
    (STREAMS, ("dataset=npz:FOLDER/one.npz", *OWN), "a stream must hold at least two classes, got one"),
    (STREAMS, ("stream_batch=100", "n_stream=64"), "stream_batch must be at most n_stream (64), got 100: lower it."),
    (STREAMS, ("model=cnn_groupnorm",), "bn needs a network with BatchNorm, got model=cnn_groupnorm: leave it out of methods"),
    (STREAMS, ("n_train=19000",), "n_train and n_home together must be at most the 20,000 training images of Fashion-MNIST"),
    (STREAMS, ("methods=tent",), "methods must hold source, which all others are compared with, got 'tent': add source+."),
    (STREAMS, ("methods=source+magic",), "methods must list each of some of"),
    (STREAMS, ("shift=test_set",), "shift=test_set needs your own data with a shifted test set"),
    (OUTPUTS, ("outputs=npz:FOLDER/hole.npz",), "shifted_logits must be finite, got 1 rows with NaN or infinity: leave them out."),
    (OUTPUTS, ("outputs=npz:FOLDER/sum.npz",), "probs must be at least 0 and sum to one in every row"),
    (OUTPUTS, ("outputs=npz:FOLDER/lone.npz",), "shifted_y must hold at least two classes, got one"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Images whose test set is one class, and outputs that break a rule each."""
    place, y = tmp_path_factory.mktemp("wrong"), np.arange(400) % 2
    images = np.zeros((400, 12, 12), np.uint8)
    np.savez(place / "one.npz", x_train=images, y_train=y, x_test=images, y_test=0 * y)
    said = np.eye(2)[y] * 3.0
    good = {"logits": said, "y": y, "shifted_logits": said, "shifted_y": y}
    np.savez(place / "hole.npz", **good | {"shifted_logits": np.where(np.arange(400)[:, None] == 7, np.nan, said)})
    np.savez(place / "lone.npz", **good | {"shifted_y": 0 * y})
    np.savez(place / "sum.npz", probs=said, y=y, shifted_probs=said / 3, shifted_y=y)
    return place


@pytest.mark.parametrize("words, settings, expected", WRONG, ids=[f"{words[1]} {settings[0]}" for words, settings, _ in WRONG])
def test_what_cannot_be(words, settings, expected, capsys, empty_home, folder):  # noqa: F811
    given = [word for setting in settings for word in ("--set", setting.replace("FOLDER", str(folder)))]
    assert expected in refuses([*words, *given], capsys, empty_home)
