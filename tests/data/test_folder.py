"""Bring your own folders of images."""

import numpy as np
import pytest
from PIL import Image

from core.data.folder import load_folder
from core.data.sources import fingerprint, load
from core.lab.errors import InputError


def save(path, value=0, size=(10, 8), mode="L"):
    path.parent.mkdir(parents=True, exist_ok=True)
    channels = () if mode in ("L", "I;16") else (len(mode),)
    dtype = np.uint16 if mode == "I;16" else np.uint8
    Image.fromarray(np.full((size[1], size[0], *channels), value, dtype)).save(path)
    return path


@pytest.fixture
def photos(tmp_path):
    for part in ("train", "test"):
        for place, name in enumerate(("cat", "dog")):
            for number in range(2):
                save(tmp_path / part / name / f"{number}.png", value=100 * place + number)
    return tmp_path


def test_classes_are_the_sorted_folders(photos):
    data = load(f"folder:{photos}")
    assert data.class_names == ("cat", "dog")
    assert data.x_train.shape == (4, 8, 10, 1)
    assert data.y_train.tolist() == [0, 0, 1, 1]
    assert data.x_train[:, 0, 0, 0].tolist() == [0, 1, 100, 101]
    assert data.fingerprint == fingerprint(f"folder:{photos}")


def test_one_colour_image_makes_all_colour(photos):
    save(photos / "train" / "cat" / "0.png", value=7, mode="RGB")
    assert load_folder(photos).x_train.shape == (4, 8, 10, 3)


def test_fingerprint_follows_names_and_bytes(photos):
    before = fingerprint(f"folder:{photos}")
    (photos / "train" / "cat" / "notes.txt").write_text("not an image")
    assert fingerprint(f"folder:{photos}") == before
    (photos / "train" / "cat" / "0.png").rename(photos / "train" / "cat" / "9.png")
    assert fingerprint(f"folder:{photos}") != before


def no_test(root):
    for file in (root / "test").rglob("*.png"):
        file.unlink()
    for folder in sorted((root / "test").rglob("*"), reverse=True):
        folder.rmdir()
    (root / "test").rmdir()


def only_cats(root):
    for part in ("train", "test"):
        for file in (root / part / "dog").iterdir():
            file.unlink()
        (root / part / "dog").rmdir()


BAD_FOLDERS = {
    "no test folder": (no_test, "must hold the folders train and test, but .*test is missing"),
    "no class folders": (
        lambda root: [only_cats(root), (root / "train" / "cat").rename(root / "cat")],
        "one folder of images per class",
    ),
    "empty class": (lambda root: (root / "train" / "eel").mkdir(), "every class folder must hold images, but .*eel holds none"),
    "new test class": (
        lambda root: save(root / "test" / "eel" / "0.png"),
        "test may hold only classes of train .cat, dog., got 'eel'",
    ),
    "sizes differ": (
        lambda root: save(root / "train" / "dog" / "2.png", size=(8, 8)),
        "all images must have one size, got 8 x 8 for .*2.png",
    ),
    "damaged": (
        lambda root: (root / "test" / "dog" / "1.png").write_bytes(b"PNG?"),
        r"every image must be readable, but .*1\.png is damaged",
    ),
    "cut short": (
        lambda root: (root / "test" / "dog" / "1.png").write_bytes((root / "test" / "dog" / "0.png").read_bytes()[:48]),
        r"every image must be readable, but .*1\.png is damaged",
    ),
    "one class": (only_cats, "at least 2 classes, got 1"),
    "16 bits": (lambda root: save(root / "train" / "cat" / "0.png", mode="I;16"), "8 bits a channel, got mode I;16"),
    "tiny": (lambda root: [save(file, size=(7, 7)) for file in root.rglob("*.png")], "sides of at least 8 pixels, got 7 x 7"),
}


@pytest.mark.parametrize("case", BAD_FOLDERS, ids=str)
def test_bad_folders_are_one_sentence(photos, case):
    spoil, words = BAD_FOLDERS[case]
    spoil(photos)
    with pytest.raises(InputError, match=words) as caught:
        load_folder(photos)
    assert "\n" not in str(caught.value)


def test_missing_folder(tmp_path):
    with pytest.raises(InputError, match="must hold the folders train and test"):
        fingerprint(f"folder:{tmp_path / 'absent'}")


def test_decompression_bomb_is_refused_by_its_header(photos, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50)  # the images have 80 pixels
    with pytest.raises(InputError, match="every image must be readable"):
        load_folder(photos)
