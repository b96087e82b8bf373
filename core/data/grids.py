"""Rows of numbers as grids of bytes, so that everything that trains on images takes a table; for a multilayer perceptron."""

import math

import numpy as np

SMALLEST = 8
MOST_CELLS = 4096
TAIL = 0.5  # per cent of the training rows beyond which numbers are cut


def as_grids(cells: np.ndarray) -> np.ndarray:
    """Return bytes (N, D) as images (N, H, W, 1) with sides of at least eight; cells beyond D are 0."""
    width = max(SMALLEST, math.ceil(math.sqrt(cells.shape[1])))
    height = max(SMALLEST, math.ceil(cells.shape[1] / width))
    blank = np.zeros((len(cells), height * width - cells.shape[1]), np.uint8)
    return np.concatenate([cells, blank], axis=1).reshape(-1, height, width, 1)


def as_bytes(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers (N, D) and (M, D) as bytes: each column from the least to the largest of the training rows, tails cut."""
    train, test = train.astype(np.float64), test.astype(np.float64)
    low, high = np.percentile(train, [TAIL, 100 - TAIL], axis=0)
    least, most = train.min(axis=0), train.max(axis=0)
    is_flat = high <= low  # nearly all rows alike: what is rare must not be cut away
    low, high = np.where(is_flat, least, low), np.where(is_flat, most, high)
    span = np.where(high > low, high - low, 1.0)
    return tuple(np.rint(255 * ((one - low) / span).clip(0, 1)).astype(np.uint8) for one in (train, test))


def rows_as_grids(train: np.ndarray, test: np.ndarray, notes: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return two tables of numbers as grids; a note says so."""
    notes.append(f"rows of {train.shape[1]} numbers were laid out as grids of bytes: use a multilayer perceptron (model=mlp)")
    return tuple(as_grids(one) for one in as_bytes(train, test))
