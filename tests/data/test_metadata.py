"""Tables that list images or are the data: the layouts people have are read with parts, classes and groups."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.data.sources import check_source, fingerprint, load
from core.lab.errors import InputError
from core.spurious.config import SpuriousConfig
from core.spurious.data_rules import check_data


def birds(folder, n: int = 100) -> pd.DataFrame:
    """Write a group-shift layout: images in species folders, split 0, 1, 2, a place of two."""
    rng, rows = np.random.default_rng(0), []
    for i in range(n):
        name = f"{i % 8:03d}.Kind_{i % 8}/Kind_{i:04d}.jpg"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (20 + i % 5, 24 + i % 3, 3), dtype=np.uint8)).save(folder / name)
        rows.append((i + 1, name, i % 2, 0 if i < 0.7 * n else 1 if i < 0.8 * n else 2, (i // 2) % 2))
    return pd.DataFrame(rows, columns=["img_id", "img_filename", "y", "split", "place"])


def test_a_folder_with_metadata_has_parts_classes_and_groups(tmp_path):
    rows = birds(tmp_path)
    rows.to_csv(tmp_path / "metadata.csv", index=False)
    data = load(f"folder:{tmp_path}")
    assert data.class_names == ("0", "1")
    np.testing.assert_array_equal(data.y_train, rows["y"][rows["split"] == 0])
    np.testing.assert_array_equal(data.attribute_test, rows["place"][rows["split"] == 2])
    assert "10 rows of the validation part were left out: training and test parts are read" in data.notes
    assert "the column place is the group" in data.notes
    settings = SpuriousConfig(dataset=f"folder:{tmp_path}", cue="attribute", biased_class=1, harmed_class=0, n_validation=4, n_train=100)
    check_data(data, settings)
    named = load(f"csv:{tmp_path / 'metadata.csv'}")
    np.testing.assert_array_equal(named.x_train, data.x_train)
    assert data.fingerprint == fingerprint(f"folder:{tmp_path}")
    assert named.fingerprint == fingerprint(f"csv:{tmp_path / 'metadata.csv'}")


def test_attributes_of_minus_one_and_one_booleans_and_names(tmp_path):
    rows = birds(tmp_path).rename(columns={"img_filename": "image_id", "split": "partition"}).drop(columns="y")
    rows = rows.assign(Blond_Hair=np.where(np.arange(100) % 2, 1, -1), Male=np.where(rows["place"] == 1, 1, -1)).drop(columns="place")
    rows.to_csv(tmp_path / "list_attr.csv", index=False)
    data = load(f"csv:{tmp_path / 'list_attr.csv'}")
    assert (data.class_names, data.attribute_names) == (("-1", "1"), ("-1", "1"))
    assert data.y_train[:4].tolist() == [0, 1, 0, 1]
    rows = rows.assign(Young=np.arange(100) % 3 > 0, Male=np.where(rows["Male"] > 0, "man", "woman"))
    rows.to_csv(tmp_path / "list_attr.csv", index=False)
    data = load(f"csv:{tmp_path / 'list_attr.csv'}?label=Young&group=Male")
    assert (data.class_names, data.attribute_names) == (("no", "yes"), ("man", "woman"))
    with pytest.raises(InputError, match=r"label=Bald must be a column of the table"):
        load(f"csv:{tmp_path / 'list_attr.csv'}?label=Bald")


@pytest.mark.parametrize(("change", "sentence"), [
    (lambda rows: rows.assign(img_filename=["../secret.jpg", *rows["img_filename"][1:]]), "got 0 that are missing and 1 elsewhere"),
    (lambda rows: rows.assign(split=["later", *rows["split"][1:]]), "got something else in 1 rows"),
    (lambda rows: rows.drop(columns="y"), "must have a column y or label"),
])
def test_a_bad_table_of_images_is_one_sentence(tmp_path, change, sentence):
    change(birds(tmp_path)).to_csv(tmp_path / "metadata.csv", index=False)
    with pytest.raises(InputError, match=sentence):
        load(f"folder:{tmp_path}")


def census(n: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame({"age": rng.integers(18, 80, n), "hours": rng.normal(40, 9, n), "member": rng.random(n) < 0.5,
                         "job": rng.choice(["a", "b", "c"], n), "sex": rng.choice(["f", "m"], n), "income": rng.choice(["high", "low"], n)})


def test_a_table_of_numbers_and_categories_is_a_grid_of_cells(tmp_path):
    rows = census()
    rows.loc[3, "age"] = None
    rows.to_csv(tmp_path / "t.csv", sep=";", index=False)
    data = load(f"csv:{tmp_path / 't.csv'}")
    assert (data.class_names, data.attribute_names) == (("high", "low"), ("f", "m"))
    assert len(data.y_train) + len(data.y_test) == 199
    assert 20 < len(data.y_test) < 60
    assert data.x_train.shape[1:] == (8, 8, 1)
    told = " ".join(data.notes)
    for clause in ("1 rows with a missing number were left out", "2 columns of numbers and 3 of categories became 9 cells",
                   "the column income is the class", "the column sex is the group", "fields are parted by semicolons"):
        assert clause in told
    cells = data.x_train.reshape(len(data.x_train), -1)
    assert np.isin(cells[:, 2:9], (0, 255)).all()
    assert (cells[:, 2:9].sum(axis=1) == 3 * 255).all()
    assert data.fingerprint == fingerprint(f"csv:{tmp_path / 't.csv'}")


def test_a_binary_table_of_two_axes_is_a_grid(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.random((80, 100)) < 0.1
    np.savez(tmp_path / "b.npz", x_train=x[:60], y_train=np.arange(60) % 2, x_test=x[60:], y_test=np.arange(20) % 2)
    data = load(f"npz:{tmp_path / 'b.npz'}")
    np.testing.assert_array_equal(data.x_train.reshape(60, -1), np.where(x[:60], 255, 0))
    assert "rows of 100 numbers were laid out as grids" in data.notes[0]


def test_no_line_of_a_strange_file_is_quoted(tmp_path):
    (tmp_path / "passwd").write_text("secret:x:0:0\nline:x:1:1\n")
    check_source(f"csv:{tmp_path / 'passwd'}")
    with pytest.raises(InputError) as found:
        load(f"csv:{tmp_path / 'passwd'}")
    assert "secret" not in str(found.value)
