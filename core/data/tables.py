"""Tables of numbers and categories as data: ``csv:PATH``. A row becomes a grid of bytes, a cell for each number and each category."""

from pathlib import Path

import numpy as np
import pandas as pd

from core.data.arrays import check_pair, check_size
from core.data.dataset import ImageDataset
from core.data.grids import MOST_CELLS, as_bytes, as_grids
from core.data.metadata import Described, in_order
from core.lab.errors import InputError

MOST_ANSWERS = 64  # categories of one column that have a cell of their own


def load_table(source: str, path: Path, found: Described, fingerprint: str) -> ImageDataset:
    """Return a table as data; see ``core.data.metadata.describe`` for its columns.

    Raises:
        InputError: If nothing is left to learn from, or classes break a rule.
    """
    notes = list(found.notes)
    inputs = found.frame.drop(columns=list(found.used))
    numbers = [name for name in inputs if pd.api.types.is_numeric_dtype(inputs[name]) and not pd.api.types.is_bool_dtype(inputs[name])]
    missing = inputs[numbers].isna().any(axis=1)
    if missing.any():
        notes.append(f"{int(missing.sum())} rows with a missing number were left out")
    kept = ~missing
    inputs, part, label = inputs[kept], found.part[kept], found.label[kept]
    is_train = (part == "train").to_numpy()
    if inputs.empty or not is_train.any() or is_train.all() or not len(inputs.columns):
        raise InputError(f"a table must hold rows for training and for the test with a column to learn from, got {int(is_train.sum())} and "
                         f"{int((~is_train).sum())} rows of {len(inputs.columns)} columns in {path.name}: add some.")
    cells = [_categories(inputs[name], is_train, notes) for name in inputs if name not in numbers]
    if numbers:
        train, test = as_bytes(inputs.loc[is_train, numbers].to_numpy(float), inputs.loc[~is_train, numbers].to_numpy(float))
        whole = np.empty((len(inputs), len(numbers)), np.uint8)
        whole[is_train], whole[~is_train] = train, test
        cells.insert(0, whole)
    n_cells = sum(one.shape[1] for one in cells)
    if n_cells > MOST_CELLS:
        raise InputError(f"a table may take {MOST_CELLS} cells a row, got {n_cells}: drop columns.")
    check_size(len(inputs) * n_cells, path.name)
    grids = as_grids(np.concatenate(cells, axis=1))
    notes.append(f"{len(numbers)} columns of numbers and {len(inputs.columns) - len(numbers)} of categories became {n_cells} cells: use a "
                 "multilayer perceptron (model=mlp)")
    names = in_order(label[is_train])
    y = _numbered(label, names, "test")
    check_pair(grids[is_train], y[is_train], grids[~is_train], y[~is_train])
    groups = () if found.group is None else in_order(found.group[kept])
    g = None if found.group is None else _numbered(found.group[kept], groups, "group")
    return ImageDataset(
        source=source, title=path.name, x_train=grids[is_train], y_train=y[is_train], x_test=grids[~is_train], y_test=y[~is_train],
        class_names=names, fingerprint=fingerprint, licence="", attribute_train=None if g is None else g[is_train],
        attribute_test=None if g is None else g[~is_train], attribute_names=groups, notes=tuple(notes))


def _categories(column: pd.Series, is_train: np.ndarray, notes: list[str]) -> np.ndarray:
    """Return a cell for each of the commonest answers of the training rows; missing and rare ones leave all cells empty."""
    answers = column.astype("string").fillna("")
    known = answers[is_train][answers[is_train] != ""].value_counts().index[:MOST_ANSWERS]
    if (n := answers[is_train].nunique()) > MOST_ANSWERS + 1:
        notes.append(f"of a column of {n} answers the {MOST_ANSWERS} commonest have cells")
    return np.where(answers.to_numpy()[:, None] == np.array(sorted(known), dtype=object), 255, 0).astype(np.uint8)


def _numbered(values: pd.Series, names: tuple[str, ...], what: str) -> np.ndarray:
    place = {name: index for index, name in enumerate(names)}
    found = values.map(place)
    if found.isna().any():
        raise InputError(f"{what} rows must be of classes of the training rows, got {int(found.isna().sum())} of others: drop them.")
    return found.to_numpy(np.int64)
