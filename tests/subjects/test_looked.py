"""What is said of a file that somebody brings: by which readers it is taken, what they found, and why none takes it."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from core.data.unpack import unpack
from core.lab.errors import InputError
from core.subjects import looked

RNG = np.random.default_rng(0)
LOGITS, Y = RNG.normal(size=(40, 3)), np.arange(40) % 3
X = RNG.integers(0, 256, (40, 9, 8, 3), dtype=np.uint8)


def png(mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (10, 12), 7).save(buffer, "PNG")
    return buffer.getvalue()


def packed(path, files: dict[str, bytes]):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(("arrays", "uses", "words"), [
    ({"x_train": X, "y_train": Y, "x_test": X, "y_test": Y, "group_train": Y % 2, "group_test": Y % 2}, ["images"],
     "40 training and 40 test"),
    ({"logits": LOGITS, "y": Y, "members": Y < 2}, ["outputs"], "40 rows of 3 classes"),
    ({"old": LOGITS, "y_old": Y, "new": LOGITS, "y_new": Y}, ["features"], "3 features of 40 old and 40 new")])
def test_npz(tmp_path, arrays, uses, words):
    np.savez(tmp_path / "mine.npz", **arrays)
    found = looked.READERS["npz"](tmp_path / "mine.npz")
    assert found["uses"] == uses
    assert found["words"].startswith(words)
    json.dumps(found)
    if uses == ["images"]:
        assert found["classes"][0] == ["class 0", 14, 14]
        assert [row[1:] for row in found["groups"]] == [[27, 27], [13, 13]]
        assert len(found["pictures"]) == looked.SHOWN
        assert len({name for _, name in found["pictures"]}) == 3


@pytest.mark.parametrize(("arrays", "said"), [
    ({"x_train": X, "y_train": Y}, "must hold the arrays x_train"), ({"logits": LOGITS}, "must hold the labels y"),
    ({"old": Y, "y_old": Y, "new": LOGITS, "y_new": Y}, "samples x features")])
def test_the_closest_reader_says_why(tmp_path, arrays, said):
    np.savez(tmp_path / "mine.npz", **arrays)
    with pytest.raises(InputError, match=said):
        looked.READERS["npz"](tmp_path / "mine.npz")


@pytest.mark.parametrize(("text", "uses"), [
    ("text,label\n" + "".join(f"some words {n},{'a' if n % 2 else 'b'}\n" for n in range(12)), "texts"),
    ("prompt,response\nHello,Good day\nHow,So\n", "pairs"), ("goal,target\nDo it,Sure\n", "prompts"),
    ("y,prob_0,prob_1\n" + "0,0.9,0.1\n1,0.2,0.8\n" * 6, "outputs"),
    ("a,b,y\n" + "".join(f"{n},{n % 3},{n % 2}\n" for n in range(60)), "images")])
def test_csv(tmp_path, text, uses):
    (tmp_path / "mine.csv").write_text(text)
    assert uses in looked.READERS["csv"](tmp_path / "mine.csv")["uses"]


def test_a_zip_of_images_is_a_folder(tmp_path):
    files = {f"pets/{part}/{name}/{n}.png": png("L" if n else "RGB")
             for part in ("train", "test") for name in ("cat", "dog") for n in range(3)}
    path = packed(tmp_path / "upload.zip", files | {"pets/notes.txt": b"x", "__MACOSX/pets/._1.png": b"x", "pets/": b""})
    found = looked.READERS["folder"](path)
    assert found["words"] == "6 training and 6 test images of 12 x 10 x 3, 2 classes"
    assert found["classes"] == [["cat", 3, 3], ["dog", 3, 3]]
    assert found["notes"][0] == "1 files of the zip are no images and were left out"


@pytest.mark.parametrize("files", [
    {"../out.png": b"x"}, {"/etc/x.png": b"x"}, {"a/../../x.png": b"x"}, {"a\\..\\x.png": b"x"}, {"notes.txt": b"x"}, {}])
def test_nothing_is_written_outside(tmp_path, files):
    path = packed(tmp_path / "upload.zip", files)
    with pytest.raises(InputError, match="a zip of images must"):
        unpack(path, tmp_path / "in" / "side")
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["upload.zip"]


def test_links_bombs_and_lies_in_a_zip(tmp_path):
    link = zipfile.ZipInfo("a/1.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match="with a link"):
        unpack(tmp_path / "link.zip", tmp_path / "one")
    path = packed(tmp_path / "bomb.zip", {"a/1.png": bytes(250 << 20)})
    with pytest.raises(InputError, match="may unpack to"):
        unpack(path, tmp_path / "two")
    path = packed(tmp_path / "lie.zip", {"a/1.png": bytes(9000)})
    raw = path.read_bytes()
    path.write_bytes(raw.replace((9000).to_bytes(4, "little"), (10).to_bytes(4, "little")))  # in the directory and before the entry
    with pytest.raises(InputError, match="must be whole"):
        unpack(path, tmp_path / "three")
    assert not [one for one in tmp_path.rglob("*.png") if one.stat().st_size > 10]


def test_weights(tmp_path):
    save_file({"a": np.ones((3, 4), np.float32)}, tmp_path / "mine.safetensors")
    assert looked.READERS["weights"](tmp_path / "mine.safetensors")["words"] == "1 tensors of 12 numbers"
    save_file({"a": np.full(3, np.nan, np.float32)}, tmp_path / "bad.safetensors")
    with pytest.raises(InputError, match="must be finite"):
        looked.READERS["weights"](tmp_path / "bad.safetensors")
