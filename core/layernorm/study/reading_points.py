"""Where two courses of training are read: at the paper's point, or where both have fitted the right labels equally well.

The paper reads when the intact model first fits every training label. A stripped model that only learns more slowly has fitted less by
then, and so has memorised less: that is told apart by reading where the loss on rightly labelled samples is the same.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from core.layernorm.shares import at_place, first_reached

LEVELS = (0.5, 0.35, 0.25, 0.18, 0.12, 0.085, 0.06, 0.042, 0.03)
"""Losses on rightly labelled samples along which two courses are compared; accuracy saturates there."""
FEWEST_LEVELS = 3
FITTED = 1.0 - 1e-9
NEARLY = 0.95
SMALLEST = 1e-12  # probability
NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Courses:
    """The table ``epochs`` of one placement with ``clean_loss`` as a column: what every variant did along its training."""

    epochs: pd.DataFrame

    def path(self, variant: str, column: str) -> np.ndarray:
        """Return a column along the evaluations of a variant; empty where it was left out."""
        return self.epochs.loc[self.epochs["variant"] == variant, column].to_numpy(dtype=float)

    def papers_place(self) -> float:
        """Return the evaluation, from 0, after which the intact model fits every training label; NaN where it never does."""
        return _first(self.path("intact", "train_accuracy") >= FITTED)

    def nearly_place(self) -> float:
        """Return the evaluation after which the intact model has memorised 95 % of the wrong labels: it hangs less on the last one."""
        return _first(self.path("intact", "memorised") >= NEARLY)

    def at(self, variant: str, column: str, place: float) -> float:
        """Return a column of a variant at a place; NaN where the variant was left out."""
        path = self.path(variant, column)
        return at_place(path, place) if len(path) else NAN

    def change(self, one: str, other: str, column: str, place: float) -> float:
        """Return ``one`` minus ``other`` at a place."""
        return self.at(one, column, place) - self.at(other, column, place)

    def place_of_loss(self, variant: str, loss: float) -> float:
        """Return where a variant's loss on rightly labelled samples first falls to ``loss``; NaN where it starts below or never does."""
        losses = self.path(variant, "clean_loss")
        return first_reached(-losses, -loss) if len(losses) and losses[0] > loss else NAN

    def equal_fit_change(self, one: str, other: str, column: str) -> float:
        """Return ``one`` minus ``other``, mean over the levels of fit that both pass; NaN where they share fewer than three."""
        changes = [self.at(one, column, self.place_of_loss(one, level)) - self.at(other, column, self.place_of_loss(other, level))
                   for level in LEVELS]
        known = [change for change in changes if not math.isnan(change)]
        return float(np.mean(known)) if len(known) >= FEWEST_LEVELS else NAN

    def stopped_early(self, column: str) -> float:
        """Return a column of the intact model, stopped where it had fitted no more than the stripped one has at the paper's point."""
        loss = self.at("all", "clean_loss", self.papers_place())
        return self.at("intact", column, self.place_of_loss("intact", loss)) if not math.isnan(loss) else NAN


@lru_cache(maxsize=32)
def courses_of(result: Any, placement: str) -> Courses:
    """Return the courses of one placement of a result."""
    epochs, shown = (table[table["placement"] == placement] for table in (result.epochs, result.predictions))
    return Courses(epochs.assign(clean_loss=clean_losses(epochs, shown)))


def clean_losses(epochs: pd.DataFrame, predictions: pd.DataFrame) -> np.ndarray:
    """Return the mean loss on rightly labelled training samples for every row of ``epochs``, from what is stored.

    The loss on all training samples is known, and that on the wrongly labelled ones that are shown, at most 24: they stand for all. The
    share of wrong labels follows from the three accuracies.
    """
    if not len(epochs):
        return np.zeros(0)
    wrong = predictions.assign(loss=-np.log(predictions["p_noisy"].clip(lower=SMALLEST))).groupby(["variant", "epoch"])["loss"].mean()
    on_wrong = wrong.reindex(pd.MultiIndex.from_frame(epochs[["variant", "epoch"]])).to_numpy()
    apart = (epochs["clean_accuracy"] - epochs["memorised"]).abs().to_numpy().argmax()
    row = epochs.iloc[apart]
    share = (row["clean_accuracy"] - row["train_accuracy"]) / (row["clean_accuracy"] - row["memorised"])
    return np.maximum((epochs["train_loss"].to_numpy() - share * on_wrong) / (1 - share), 0.0)


def _first(reached: np.ndarray) -> float:
    places = np.flatnonzero(reached)
    return float(places[0]) if len(places) else NAN
