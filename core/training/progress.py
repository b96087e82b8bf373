"""Live progress of many trainings: children publish each epoch's figures in shared memory, the parent reports them."""

import os
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from core.training.forked import shared_array
from core.training.trained import CURVE_COLUMNS

REPORT_SECONDS = 0.3


class Report(Protocol):
    """Receives progress; may raise to stop the computation."""

    def __call__(self, fraction: float, message: str, curve: dict | None = None) -> None:
        """Take the fraction done in [0, 1], a message, and the newest point of a training curve."""


class TrainingProgress:
    """Figures per model and epoch, and when to speak of them.

    The two arrays may lie in memory shared with forked children: a row is written before its epoch is counted.
    """

    def __init__(self, report: Report | None, tables: np.ndarray, epochs_done: np.ndarray, todo: list[int], epochs: np.ndarray) -> None:
        """Watch the models ``todo``; ``tables`` is (K, most epochs, columns), ``epochs_done`` and ``epochs`` are (K,)."""
        self._report, self._tables, self._epochs_done, self._todo, self._epochs = report, tables, epochs_done, todo, epochs
        self._owner = os.getpid()
        self._spoken, self._told = 0.0, np.zeros(len(epochs_done), np.int64)
        tables[:] = np.nan

    def publisher(self, index: int, *, tick: bool) -> Callable[[int, np.ndarray], None]:
        """Return an ``on_epoch`` that records model ``index``, and also reports when ``tick`` is set."""

        def publish(epoch: int, row: np.ndarray) -> None:
            self._tables[index, epoch - 1] = row
            self._epochs_done[index] = epoch
            if tick:
                self.tick()

        return publish

    def table(self, index: int) -> np.ndarray:
        """Return the figures (epochs, columns) of one model."""
        return self._tables[index, : self._epochs[index]].copy()

    def tick(self, force: bool = False) -> None:
        """Report, unless the last report is younger than 0.3 s."""
        now = time.monotonic()
        if os.getpid() != self._owner:  # a forked child publishes; its parent speaks
            return
        if self._report is None or not self._todo or (not force and now - self._spoken < REPORT_SECONDS):
            return
        self._spoken = now
        epochs, told = self._epochs[self._todo], self._epochs_done[self._todo]
        done, finished = told.sum() / epochs.sum(), int((told == epochs).sum())
        self._report(float(done), f"Training: {finished} of {len(self._todo)} models done", self._newest())

    def _newest(self) -> dict | None:
        moved = [index for index in self._todo if self._epochs_done[index] > self._told[index]]
        if not moved:
            return None
        index = moved[0]
        self._told[:] = np.maximum(self._told, self._epochs_done)
        epoch = int(self._epochs_done[index])
        row = dict(zip(CURVE_COLUMNS, self._tables[index, epoch - 1].tolist(), strict=True))
        test_loss = None if np.isnan(row["test_loss"]) else row["test_loss"]
        return {"epoch": float(epoch), "train_loss": row["train_loss"], "test_loss": test_loss, "label": f"model {index + 1}"}


def watch(report: Report | None, epochs: Sequence[int], todo: list[int]) -> TrainingProgress:
    """Return the progress of the models ``todo``, model k taking ``epochs[k]``, kept in memory that forked children share."""
    tables = shared_array((len(epochs), max(epochs), len(CURVE_COLUMNS)))
    return TrainingProgress(report, tables, shared_array((len(epochs),), np.int64), todo, np.array(epochs))
