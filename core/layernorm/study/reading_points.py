"""Where two courses of training are read: at the paper's point, or where both have fitted the right labels equally well.

The paper reads when the intact model first fits every training label. A stripped model that only learns more slowly has fitted less by
then, and so has memorised less: that is told apart by reading where the loss on rightly labelled samples is the same.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.layernorm.shares import at_place, first_reached

LEVELS = (0.5, 0.35, 0.25, 0.18, 0.12, 0.085, 0.06, 0.042, 0.03)
"""Losses on rightly labelled samples along which two courses are compared; accuracy saturates there."""
FEWEST_LEVELS = 3
FITTED = 1.0 - 1e-9
NEARLY = 0.95
NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Courses:
    """The table ``epochs`` of one placement: what every variant did along its training."""

    epochs: pd.DataFrame

    def path(self, variant: str, column: str) -> np.ndarray:
        """Return a column along the evaluations of a variant; empty where the variant was left out, or the column is not stored."""
        if column not in self.epochs:
            return np.zeros(0)
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


def _first(reached: np.ndarray) -> float:
    places = np.flatnonzero(reached)
    return float(places[0]) if len(places) else NAN
