"""The bundled census table holds what its source documents, and arrives as grids of bytes."""

import json
import shutil

import numpy as np
import pytest

from core.data.adult import CATEGORIES, FOLDER, GROUP_NAMES, as_grids, load_adult, sex_by_race
from core.data.build_adult import build, parse
from core.data.sources import fingerprint, load
from core.lab.errors import InputError

# By hand: the first line of adult.data; test lines end in a full stop, the first one is no row, a question mark is a missing value
LINES = """|1x3 Cross validator
39, State-gov, 77516, Bachelors, 13, Never-married, Adm-clerical, Not-in-family, White, Male, 2174, 0, 40, United-States, <=50K.
30, Private, 1, Masters, 14, Divorced, Sales, Wife, Other, Female, 0, 1902, 99, Hong, >50K.
30, ?, 1, Masters, 14, Divorced, ?, Wife, Other, Female, 0, 0, 99, Hong, >50K.
"""


def test_parsing_by_hand():
    numbers, codes, y = parse(LINES)
    assert numbers.tolist() == [[39, 13, 2174, 0, 40], [30, 14, 0, 1902, 99]]
    answers = [[names[code] for names, code in zip(CATEGORIES.values(), row, strict=True)] for row in codes]
    assert answers == [
        ["State-gov", "Never-married", "Adm-clerical", "Not-in-family", "White", "Male", "United-States"],
        ["Private", "Divorced", "Sales", "Wife", "Other", "Female", "Hong"]]
    assert y.tolist() == [0, 1]
    assert [GROUP_NAMES[group] for group in sex_by_race(codes)] == ["Men, White", "Women, other"]


def test_a_row_becomes_cells_that_say_all_of_it():
    numbers, codes, _ = parse(LINES)
    cells = as_grids(numbers, codes).reshape(2, -1)
    # 39 of 90 years, 13 of 16, log 2175 of log 100,000, nothing, 40 of 99 hours, each times 255
    assert cells[0, :5].tolist() == [110, 207, 170, 0, 103]
    assert cells.shape == (2, 88)
    assert (cells[:, 5:] == 255).sum(1).tolist() == [7, 7], "one answer to each of seven questions"
    assert set(np.unique(cells[:, 5:])) == {0, 255}
    assert (cells[:, 87] == 0).all()


def test_the_table_is_the_documented_one():
    data = load("adult")
    assert (len(data.x_train), len(data.x_test)) == (30_162, 15_060)
    assert data.x_train.shape[1:] == data.x_test.shape[1:] == (8, 11, 1)
    # adult.names: 24.78 % over $50,000 among all rows without unknowns
    assert np.concatenate([data.y_train, data.y_test]).mean() == pytest.approx(0.2478, abs=5e-5)
    assert np.bincount(data.attribute_train).tolist() == [18038, 1418, 924, 7895, 1399, 488]
    assert data.attribute_names == GROUP_NAMES
    assert data.fingerprint == fingerprint("adult")
    assert (FOLDER / "adult.npz").stat().st_size < 3e5
    assert "CC BY 4.0" in data.licence


def test_a_damaged_table_is_one_sentence(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "adult")
    with np.load(FOLDER / "adult.npz") as stored:
        arrays = dict(stored)
    arrays["codes_test"] = arrays["codes_test"][::-1]
    np.savez(tmp_path / "adult" / "adult.npz", **arrays)
    with pytest.raises(InputError, match="Adult table must match its checksums, but codes_test differs: restore assets/adult"):
        load_adult(tmp_path / "adult")
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    manifest["arrays"]["y_test"] = "0" * 64
    (tmp_path / "adult" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="the manifest of the bundled Adult table must be whole"):
        load_adult(tmp_path / "adult")


def test_building_needs_the_originals(tmp_path):
    with pytest.raises(InputError, match=r"but adult\.data is missing"):
        build(tmp_path, tmp_path / "out")
    (tmp_path / "adult.data").write_text("something else")
    with pytest.raises(InputError, match=r"adult\.data must have the SHA-256"):
        build(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()
