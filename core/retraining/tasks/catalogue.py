"""The tasks and what indices and rivals are called. Imports no torch."""

from dataclasses import dataclass

from core.retraining.shifts.columns import Column

DIGITS, FASHION = "digits", "fashion-mnist"


@dataclass(frozen=True)
class Task:
    """Some classes of one data set, told apart anew: ``classes`` in the order of the new labels."""

    name: str
    title: str
    data: str
    classes: tuple[int, ...] = tuple(range(10))
    is_inverted: bool = False


TASKS = (
    Task("digits", "Digits 0 to 9", DIGITS),
    Task("digits_low", "Digits 0 to 4", DIGITS, (0, 1, 2, 3, 4)),
    Task("digits_hard", "Digits 3 4 5 8 9", DIGITS, (3, 4, 5, 8, 9)),
    Task("digits_inverted", "Digits, inverted", DIGITS, is_inverted=True),
    Task("fashion", "Clothes, all ten", FASHION),
    Task("tops", "Five kinds of tops", FASHION, (0, 2, 3, 4, 6)),
    Task("shoes", "Three kinds of shoes", FASHION, (5, 7, 9)),
    Task("fashion_inverted", "Clothes, inverted", FASHION, is_inverted=True),
)
PAIRS = (
    Task("four_nine", "Four or nine", DIGITS, (4, 9)),
    Task("shirts", "T-shirt or shirt", FASHION, (0, 6)),
)
OWN = "own"
SOURCES = {FASHION: "Clothes", DIGITS: "Digits", OWN: "Own old data", "random": "Random weights"}

COLUMNS = (
    Column("task_mean", "RESQUE, mean, centroids", True),
    Column("task_mean_plus", "RESQUE, mean, k-means++", True),
    Column("task_flat", "RESQUE, flat, centroids", True),
    Column("task_flat_plus", "RESQUE, flat, k-means++", True),
    Column("task_features", "RESQUE, features", True),
    Column("probe_error", "1 - linear probe", True, is_free=True),
    Column("knn_error", "1 - k-NN accuracy", True, is_free=True),
    Column("leep", "- LEEP", True, is_free=True),
    Column("logme", "- LogME", True, is_free=True),
    Column("pixel_error", "1 - k-NN on pixels", True, is_free=True),
    Column("unconfidence", "1 - mean confidence", False, is_free=True),
)
BY_NAME = {column.name: column for column in COLUMNS}
INDEX_NAMES = tuple(BY_NAME)
