"""Every wrong input gets one sentence and exit status 2, and nothing is written."""

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.__main__ import main

RUN = ["run", "privacy"]
PLAIN = [
    (["run", "privcy"], "experiment must be one of"),
    (["run"], "required"),
    ([], "required"),
    (["walk"], "invalid choice"),
    ([*RUN, "--preset", "huge"], "preset of privacy must be one of lite, full"),
    ([*RUN, "--frobnicate"], "unrecognized"),
    ([*RUN, "--pre", "lite"], "unrecognized"),
    ([*RUN, "--set", "epoch=3"], "setting must be one of"),
    ([*RUN, "--set", "epochs"], "field=value"),
    ([*RUN, "--set", "=3"], "setting must be one of"),
    ([*RUN, "--set", "__class__=3"], "setting must be one of"),
    ([*RUN, "--set", "epochs=0"], "epochs must lie in [1, 400], got 0"),
    ([*RUN, "--set", "epochs=1e99"], "whole number"),
    ([*RUN, "--set", "epochs=ten"], "whole number, got 'ten'"),
    ([*RUN, "--set", "epochs="], "whole number"),
    ([*RUN, "--set", "epochs=3.5"], "whole number"),
    ([*RUN, "--set", "epochs=-3"], "epochs must lie in [1, 400], got -3"),
    ([*RUN, "--set", "epochs=9999999999999999999999"], "epochs must lie"),
    ([*RUN, "--set", "learning_rate=nan"], "finite"),
    ([*RUN, "--set", "learning_rate=inf"], "finite"),
    ([*RUN, "--set", "learning_rate=-0.1"], "learning_rate must lie"),
    ([*RUN, "--set", "optimizer=rmsprop"], "optimizer must be one of sgd, adam"),
    ([*RUN, "--set", "white_box=maybe"], "true or false"),
    ([*RUN, "--set", "model=vgg"], "model must be one of"),
    ([*RUN, "--set", "model=torchvision:../../etc"], "model must be one of"),
    ([*RUN, "--set", "n_pool=201"], "even"),
    ([*RUN, "--set", "n_pool=100", "--set", "batch_size=64"], "batch_size must be at most the 50 members"),
    ([*RUN, "--set", "lira_variance=per_sample", "--set", "n_reference_models=3"], "at least 5 reference models"),
    ([*RUN, "--set", "stop_epoch=50"], "stop_epoch must be at most epochs"),
    ([*RUN, "--set", "n_pool=30000"], "lower"),
    ([*RUN, "--seeds", "2-0"], "upwards"),
    ([*RUN, "--seeds", ""], "seeds must be a list"),
    ([*RUN, "--seeds", "1,1"], "once"),
    ([*RUN, "--seeds", "1.5"], "seeds must be a list"),
    ([*RUN, "--seeds", "-1"], "seeds"),
    ([*RUN, "--seeds", "0-100000"], "at most 100"),
    ([*RUN, "--seeds", "99999999999"], "seeds must be a list"),
    ([*RUN, "--seeds", "٣"], "seeds must be a list"),
    ([*RUN, "--device", "tpu"], "device must be one of"),
    ([*RUN, "--set", "dataset=imagenet"], "dataset must be"),
    ([*RUN, "--set", "dataset=npz:"], "npz:PATH"),
    ([*RUN, "--set", "dataset=cifar10"], "data set cifar10 must lie in GLASSHOUSE_DATA"),
    ([*RUN, "--set", "dataset=npz:/nowhere/at/all.npz"], "/nowhere/at/all.npz"),
    ([*RUN, "--set", "dataset=folder:/nowhere/at/all"], "/nowhere/at/all"),
    ([*RUN, "--set", "dataset=npz:/nowhere/\x00.npz"], "dataset"),
    (["show", "../../etc/passwd"], "8 to 16 hexadecimal"),
    (["show", "zzzzzzzz"], "8 to 16 hexadecimal"),
    (["show", "0123456789abcdef"], "stored run"),
    (["show", ""], "8 to 16 hexadecimal"),
    (["export", "0123456789abcdef", "--to", "x.html"], "stored run"),
    (["export", "0123456789abcdef"], "required"),
    (["gallery", "burn"], "invalid choice"),
    (["gallery", "build", "--experiment", "nothing"], "experiment must be one of"),
    (["gallery", "build", "--preset", "nothing"], "preset of privacy must be one of"),
]


@pytest.fixture
def empty_home(tmp_path, monkeypatch):
    """A place for results that must stay empty, and no data sets but the bundled ones."""
    place = tmp_path / "home"
    monkeypatch.setenv("GLASSHOUSE_HOME", str(place))
    monkeypatch.setenv("GLASSHOUSE_DATA", str(tmp_path / "data"))
    return place


def refuses(words, capsys, home: Path) -> str:
    """Run the command line, check that it refused in one sentence and wrote nothing; return the sentence."""
    status = main(words)
    captured = capsys.readouterr()
    assert status == 2, captured.err
    assert captured.out == ""
    assert captured.err.endswith("\n")
    assert captured.err.count("\n") == 1, captured.err
    assert "Traceback" not in captured.err
    assert not [path for path in home.rglob("*") if path.is_file()] if home.exists() else True
    return captured.err


@pytest.mark.parametrize("words,expected", PLAIN, ids=lambda value: " ".join(value)[-60:] if isinstance(value, list) else None)
def test_command_line_refuses(words, expected, capsys, empty_home):
    assert expected in refuses(words, capsys, empty_home)


def test_cuda_is_refused_where_there_is_none(capsys, empty_home, monkeypatch):
    monkeypatch.setattr("core.lab.devices.cuda_devices", lambda: 0)
    assert "NVIDIA GPU" in refuses([*RUN, "--device", "cuda"], capsys, empty_home)


def test_home_that_is_a_file_is_refused(capsys, tmp_path, monkeypatch):
    place = tmp_path / "file"
    place.write_text("in the way")
    monkeypatch.setenv("GLASSHOUSE_HOME", str(place))
    assert main([*RUN, "--set", "n_pool=100", "--set", "batch_size=16"]) == 2
    assert "GLASSHOUSE_HOME must be a folder that can be written" in capsys.readouterr().err
    assert place.read_text() == "in the way"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs a POSIX system")
def test_home_below_a_read_only_place_is_refused(capsys, monkeypatch):
    """``/proc`` refuses new folders to everybody, root included."""
    monkeypatch.setenv("GLASSHOUSE_HOME", "/proc/glasshouse")
    assert main([*RUN, "--set", "n_pool=100", "--set", "batch_size=16"]) == 2
    assert "GLASSHOUSE_HOME must be a folder that can be written" in capsys.readouterr().err


def arrays(**changes):
    random = np.random.default_rng(0)
    whole = {"x_train": random.integers(0, 255, (400, 12, 12), dtype=np.uint8), "y_train": np.arange(400) % 4,
             "x_test": random.integers(0, 255, (80, 12, 12), dtype=np.uint8), "y_test": np.arange(80) % 4}
    whole.update(changes)
    return {name: value for name, value in whole.items() if value is not None}


BAD_ARRAYS = {
    "wrong keys": arrays(x_train=None),
    "mismatched lengths": arrays(y_train=np.zeros(3, dtype=int)),
    "one class": arrays(y_train=np.zeros(400, dtype=int), y_test=np.zeros(80, dtype=int)),
    "NaN": arrays(x_train=np.full((400, 12, 12), np.nan)),
    "zero images": arrays(x_train=np.zeros((0, 12, 12), dtype=np.uint8), y_train=np.zeros(0, dtype=int)),
    "floats": arrays(x_train=np.full((400, 12, 12), 300.0, dtype=np.float32)),
    "objects": arrays(y_train=np.array([{"a": 1}] * 400, dtype=object)),
    "two dimensions": arrays(x_train=np.zeros((400, 144), dtype=np.uint8)),
    "five dimensions": arrays(x_train=np.zeros((400, 12, 12, 3, 1), dtype=np.uint8)),
    "negative labels": arrays(y_train=np.arange(400) % 4 - 1),
    "label missing from training": arrays(y_test=np.full(80, 9)),
    "float labels": arrays(y_train=(np.arange(400) % 4).astype(float) + 0.5),
    "test images of another size": arrays(x_test=np.zeros((80, 14, 14), dtype=np.uint8)),
    "too few for the pool": arrays(),
}
SMALL = ["--set", "n_pool=200", "--set", "n_population=50", "--set", "batch_size=16"]


@pytest.mark.parametrize("name", BAD_ARRAYS)
def test_npz_is_refused(name, capsys, empty_home, tmp_path):
    path = tmp_path / "mine.npz"
    np.savez(path, **BAD_ARRAYS[name])
    size = ["--set", "n_pool=4000", *SMALL[2:]] if name == "too few for the pool" else SMALL  # a size that nobody chose would be fitted
    refuses([*RUN, "--set", f"dataset=npz:{path}", *size], capsys, empty_home)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut off"], ids=["empty", "text", "cut"])
def test_file_that_is_no_npz_is_refused(content, capsys, empty_home, tmp_path):
    path = tmp_path / "mine.npz"
    path.write_bytes(content)
    refuses([*RUN, "--set", f"dataset=npz:{path}", *SMALL], capsys, empty_home)


def test_npz_that_claims_terabytes_is_refused(capsys, empty_home, tmp_path):
    """The declared size is read from the header before any memory is taken."""
    path = tmp_path / "bomb.npz"
    whole = arrays()
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (10**7, 1000, 1000)})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x_train.npy", header.getvalue())
        for name in ("y_train", "x_test", "y_test"):
            buffer = io.BytesIO()
            np.save(buffer, whole[name])
            archive.writestr(f"{name}.npy", buffer.getvalue())
    refuses([*RUN, "--set", f"dataset=npz:{path}", *SMALL], capsys, empty_home)


def image_folder(root: Path) -> Path:
    for part, count in (("train", 80), ("test", 20)):
        for name in ("cat", "dog"):
            folder = root / part / name
            folder.mkdir(parents=True)
            for i in range(count):
                pixels = np.random.default_rng(hash((part, name, i)) % 2**32).integers(0, 255, (10, 10), dtype=np.uint8)
                Image.fromarray(pixels).save(folder / f"{i}.png")
    return root


def test_image_folder_with_an_unreadable_file_is_refused(capsys, empty_home, tmp_path):
    root = image_folder(tmp_path / "images")
    (root / "train" / "cat" / "7.png").write_bytes(b"not an image")
    sentence = refuses([*RUN, "--set", f"dataset=folder:{root}", "--set", "n_pool=100", "--set", "n_population=50",
                        "--set", "batch_size=16"], capsys, empty_home)
    assert "7.png" in sentence


def test_image_folder_without_test_is_refused(capsys, empty_home, tmp_path):
    root = image_folder(tmp_path / "images")
    (root / "test").rename(tmp_path / "elsewhere")
    assert "test" in refuses([*RUN, "--set", f"dataset=folder:{root}", *SMALL], capsys, empty_home)


def test_the_table_is_long_enough():
    assert len(PLAIN) + len(BAD_ARRAYS) + 8 >= 40


def test_help_is_not_an_error(capsys):
    with pytest.raises(SystemExit) as end:
        main(["run", "--help"])
    assert end.value.code == 0
