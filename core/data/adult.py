"""The bundled Adult census table: 30,162 training and 15,060 test rows without a missing value, with sex and race as groups.

The task is to tell from a person's answers of 1994 whether the income is over $50,000. So that everything that trains on images
takes it, a row is an 8 x 11 grid of bytes: five numbers on fixed scales, one cell per category (0 or 255), one cell left blank.
Use it with a multilayer perceptron, to which neighbourhood means nothing. The survey's weight of a row (fnlwgt) says nothing about
the person, and the name of the education repeats its number of years: both are left out.

Source: Becker and Kohavi 1996, "Adult", UCI Machine Learning Repository, doi:10.24432/C5XW20; CC BY 4.0.
"""

from pathlib import Path

import numpy as np

from core.data.bundled import checked_arrays, checked_manifest
from core.data.dataset import ImageDataset

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "adult"
PARTS = ("train", "test")
ARRAYS = tuple(f"{name}_{part}" for part in PARTS for name in ("numbers", "codes", "y"))
CLASS_NAMES = ("At most $50,000", "Over $50,000")
GROUP_NAMES = ("Men, White", "Men, Black", "Men, other", "Women, White", "Women, Black", "Women, other")
NUMBERS = ("age", "education_years", "capital_gain", "capital_loss", "hours_per_week")
CATEGORIES = {
    "workclass": ("Federal-gov", "Local-gov", "Private", "Self-emp-inc", "Self-emp-not-inc", "State-gov", "Without-pay"),
    "marital_status": (
        "Divorced", "Married-AF-spouse", "Married-civ-spouse", "Married-spouse-absent", "Never-married", "Separated", "Widowed"),
    "occupation": (
        "Adm-clerical", "Armed-Forces", "Craft-repair", "Exec-managerial", "Farming-fishing", "Handlers-cleaners",
        "Machine-op-inspct", "Other-service", "Priv-house-serv", "Prof-specialty", "Protective-serv", "Sales", "Tech-support",
        "Transport-moving"),
    "relationship": ("Husband", "Not-in-family", "Other-relative", "Own-child", "Unmarried", "Wife"),
    "race": ("Amer-Indian-Eskimo", "Asian-Pac-Islander", "Black", "Other", "White"),
    "sex": ("Female", "Male"),
    "native_country": (
        "Cambodia", "Canada", "China", "Columbia", "Cuba", "Dominican-Republic", "Ecuador", "El-Salvador", "England", "France",
        "Germany", "Greece", "Guatemala", "Haiti", "Holand-Netherlands", "Honduras", "Hong", "Hungary", "India", "Iran", "Ireland",
        "Italy", "Jamaica", "Japan", "Laos", "Mexico", "Nicaragua", "Outlying-US(Guam-USVI-etc)", "Peru", "Philippines", "Poland",
        "Portugal", "Puerto-Rico", "Scotland", "South", "Taiwan", "Thailand", "Trinadad&Tobago", "United-States", "Vietnam",
        "Yugoslavia"),
}
GRID = (8, 11)
_LARGEST = np.array([90.0, 16.0, 99_999.0, 4_356.0, 99.0])  # of the whole table; sums of money on a logarithmic scale
_IS_MONEY = np.array([False, False, True, True, False])
_TITLE = "Adult table"


def read_adult_manifest(folder: Path = FOLDER) -> dict:
    """Return the manifest of the bundled table.

    Raises:
        InputError: If it is missing or damaged.
    """
    return checked_manifest(folder, ARRAYS, _TITLE)


def load_adult(folder: Path = FOLDER) -> ImageDataset:
    """Return the bundled table as grids of bytes; ``attribute_train`` and ``attribute_test`` are sex by race, see ``GROUP_NAMES``.

    Raises:
        InputError: If a file is missing or differs from its checksum.
    """
    manifest = read_adult_manifest(folder)
    arrays = checked_arrays(folder, manifest, ARRAYS, _TITLE)
    x_train, x_test = (as_grids(arrays[f"numbers_{part}"], arrays[f"codes_{part}"]) for part in PARTS)
    group_train, group_test = (sex_by_race(arrays[f"codes_{part}"]) for part in PARTS)
    return ImageDataset(
        source="adult", title="Adult census (bundled)", x_train=x_train, y_train=arrays["y_train"].astype(np.int64), x_test=x_test,
        y_test=arrays["y_test"].astype(np.int64), class_names=CLASS_NAMES, fingerprint=manifest["fingerprint"],
        licence=manifest["licence"], attribute_train=group_train, attribute_test=group_test, attribute_names=GROUP_NAMES)


def as_grids(numbers: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return rows as uint8 (N, 8, 11, 1), from ``numbers`` (N, 5) and ``codes`` (N, 7), the place of each answer in ``CATEGORIES``."""
    numbers = numbers.astype(np.float64)
    shares = np.where(_IS_MONEY, np.log1p(numbers) / np.log1p(_LARGEST), numbers / _LARGEST)
    columns = [np.rint(255 * shares.clip(0, 1)).astype(np.uint8)]
    for place, answers in enumerate(CATEGORIES.values()):
        columns.append(np.where(codes[:, place, None] == np.arange(len(answers)), 255, 0).astype(np.uint8))
    cells = np.concatenate(columns, axis=1)
    blank = np.zeros((len(cells), GRID[0] * GRID[1] - cells.shape[1]), np.uint8)
    return np.concatenate([cells, blank], axis=1).reshape(-1, *GRID, 1)


def sex_by_race(codes: np.ndarray) -> np.ndarray:
    """Return the group of each row, int64 (N,), its place in ``GROUP_NAMES``."""
    names = list(CATEGORIES)
    race, sex = (np.array(CATEGORIES[name])[codes[:, names.index(name)]] for name in ("race", "sex"))
    return 3 * (sex == "Female").astype(np.int64) + np.select([race == "White", race == "Black"], [0, 1], 2)
