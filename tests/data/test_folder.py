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
    "damaged": (
        lambda root: (root / "test" / "dog" / "1.png").write_bytes(b"PNG?"),
        r"every image must be readable, but .*1\.png is damaged",
    ),
    "cut short": (
        lambda root: (root / "test" / "dog" / "1.png").write_bytes((root / "test" / "dog" / "0.png").read_bytes()[:48]),
        r"every image must be readable, but .*1\.png is damaged",
    ),
    "one class": (only_cats, "at least 2 classes, got 1"),
    "several damaged": (
        lambda root: [(root / "test" / "dog" / f"{number}.png").write_bytes(b"PNG?") for number in range(8)],
        r"0\.png, .*4\.png and 3 more are damaged",
    ),
    "floats": (
        lambda root: Image.fromarray(np.zeros((8, 10), np.float32)).save(root / "train" / "cat" / "f.tif"),
        "8 or 16 bits a channel, got floats for .*f.tif .1 in all.",
    ),
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


def notes(path):
    return "; ".join(load_folder(path).notes)


def test_other_sizes_are_brought_to_the_most_common_one(photos):
    save(photos / "train" / "dog" / "2.png", value=50, size=(20, 16))
    data = load_folder(photos)
    assert data.x_train.shape == (5, 8, 10, 1)
    assert (data.x_train[-1] == 50).all()
    assert data.notes == ("1 of 9 images were resized to 10 x 8, the most common size",)
    assert load_folder(photos.parent / photos.name).fingerprint == fingerprint(f"folder:{photos}")


def test_sixteen_bits_become_eight(photos):
    save(photos / "train" / "cat" / "0.png", value=200 * 257, mode="I;16")
    assert load_folder(photos).x_train[0].max() == load_folder(photos).x_train[0].min() == 200
    assert notes(photos) == "1 images had 16 bits and were brought to 8"


def test_what_is_transparent_is_white(photos):
    pixels = np.zeros((8, 10, 4), np.uint8)
    pixels[:4, :, 3] = 255
    Image.fromarray(pixels).save(photos / "train" / "cat" / "0.png")
    image = load_folder(photos).x_train[0]
    assert (image[:4] == 0).all()
    assert (image[4:] == 255).all()
    assert "transparent" in notes(photos)


def test_a_turned_photograph_stands_upright(photos):
    pixels = np.zeros((10, 8, 3), np.uint8)  # lying on its side: 8 wide, 10 high
    pixels[:, :4] = 255
    tag = Image.Exif()
    tag[0x0112] = 6  # to be turned a quarter clockwise
    Image.fromarray(pixels).save(photos / "train" / "cat" / "0.jpg", exif=tag, quality=95)
    image = load_folder(photos).x_train[0].astype(int)
    assert image.shape == (8, 10, 3)
    assert image[:3].mean() > 240
    assert image[5:].mean() < 15
    assert notes(photos) == "1 images were turned upright by their tag"


@pytest.mark.parametrize("change, said", [
    (lambda root: (root / "test").rename(root / "val"), "val was read as the test part"),
    (lambda root: [(root / part).rename(root / part.capitalize()) for part in ("train", "test")], ""),
    (lambda root: [(root / "data").mkdir(), *((root / part).rename(root / "data" / part) for part in ("train", "test"))], "lie in data"),
    (lambda root: save(root / "valid" / "cat" / "0.png"), "valid was left out"),
    (lambda root: (root / "train" / "cat" / "notes.txt").write_text("x"), "1 files below train have no image's ending"),
    (lambda root: (root / "train" / "labels.csv").write_text("x"), "1 files beside the class folders of train"),
    (lambda root: [(root / "train" / name).mkdir() for name in ("__MACOSX", ".ipynb_checkpoints")], "")])
def test_folders_as_people_keep_them(photos, change, said):
    before = load_folder(photos)
    change(photos)
    after = load_folder(photos)
    np.testing.assert_array_equal(after.x_train, before.x_train)
    np.testing.assert_array_equal(after.x_test, before.x_test)
    assert "; ".join(after.notes) == said or (said and said in after.notes[0])


def test_without_a_split_one_in_five_is_for_the_test(tmp_path):
    for name, value in (("ant", 10), ("bee", 20)):
        for number in range(20):
            save(tmp_path / name / f"{number}.png", value=value + number)
    data = load_folder(tmp_path)
    assert (len(data.x_train), len(data.x_test)) == (32, 8)
    assert np.bincount(data.y_test).tolist() == [4, 4]
    save(tmp_path / "ant" / "99.png", value=200)  # what is added to one class moves nothing of another
    again = load_folder(tmp_path)
    np.testing.assert_array_equal(again.x_test[again.y_test == 1], data.x_test[data.y_test == 1])
    assert "about one in 5 of each class" in data.notes[0]
