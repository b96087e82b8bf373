"""The headline numbers, from the tables: differences between variants of one placement."""

import math

import numpy as np
import pandas as pd

from core.layernorm.shares import first_reached
from core.layernorm.variants import PLACEMENTS, Placement

MEMORISED_ENOUGH = 0.9
MATCHED_LEVEL = 0.95
NAN = float("nan")


class Readings:
    """The tables of one placement, read by variant."""

    def __init__(self, placement: Placement, epochs: pd.DataFrame, matched: pd.DataFrame) -> None:
        """Keep the placement's rows."""
        self.epochs = epochs[epochs["placement"] == placement].set_index("variant")
        at_level = matched[(matched["placement"] == placement) & (matched["level"] == MATCHED_LEVEL)]
        self.matched = at_level.set_index("variant")

    def path(self, variant: str, column: str) -> np.ndarray:
        """Return a column of a variant along its evaluations; one NaN where the variant was left out."""
        return self.epochs.loc[[variant], column].to_numpy() if variant in self.epochs.index else np.array([NAN])

    def end(self, variant: str, column: str) -> float:
        """Return a column of a variant after the last epoch."""
        return float(self.path(variant, column)[-1])

    def at_match(self, variant: str, column: str) -> float:
        """Return a column of a variant when it has fitted 95 % of the rightly labelled samples."""
        return float(self.matched.loc[variant, column]) if variant in self.matched.index else NAN

    def change(self, one: str, other: str, column: str) -> float:
        """Return ``one`` minus ``other`` after the last epoch."""
        return self.end(one, column) - self.end(other, column)

    def late_change(self, one: str, other: str, column: str) -> float:
        """Return ``one`` minus ``other``, mean over the evaluations of the second half of training: less noisy than the last alone."""
        epochs = self.path(one, "epoch")
        late = epochs > epochs.max() / 2
        return float((self.path(one, column) - self.path(other, column))[late].mean()) if late.any() else NAN

    def matched_change(self, one: str, other: str, column: str) -> float:
        """Return ``one`` minus ``other`` at matched accuracy on rightly labelled samples."""
        return self.at_match(one, column) - self.at_match(other, column)

    def epoch_half(self, variant: str) -> float:
        """Return the epoch, interpolated, at which half of the wrong labels are memorised."""
        place = first_reached(self.path(variant, "memorised"), 0.5)
        return NAN if np.isnan(place) else float(np.interp(place, np.arange(len(self.path(variant, "epoch"))), self.path(variant, "epoch")))


def headline(epochs: pd.DataFrame, matched: pd.DataFrame, damage: pd.DataFrame, gradients: pd.DataFrame,
             models: pd.DataFrame, moved: dict[str, tuple[float, float]]) -> dict[str, float]:
    """Return every headline number by metric name; NaN for a placement without a model.

    Args:
        epochs: Table of that name.
        matched: Table of that name.
        damage: Table of that name.
        gradients: Table of that name.
        models: Table of that name.
        moved: How far the stripped norms' scales and biases are from 1 and 0, by placement.
    """
    numbers: dict[str, float] = {}
    for placement in PLACEMENTS:
        readings = Readings(placement, epochs, matched)
        ours = _memory(readings) | _learning(readings, placement) | _damage(damage, placement)
        ours |= dict(zip(("moved_scale", "moved_bias"), moved.get(placement, (NAN, NAN)), strict=True))
        numbers |= {f"{name}_{placement}": value for name, value in ours.items()}
    fold = models.loc[models["placement"] == "pre", "fold_difference"]
    return numbers | _early_over_later(damage) | gradient_ratios(gradients, epochs) | {
        "fold_difference": float(fold.iloc[0]) if len(fold) else NAN}


def _memory(at: Readings) -> dict[str, float]:
    return {
        "memorised": at.end("intact", "memorised"), "memorised_stripped": at.end("all", "memorised"),
        "memorised_drop": at.change("intact", "all", "memorised"),
        "memorised_drop_elsewhere": at.change("intact", "elsewhere", "memorised"),
        "memorised_drop_matched": at.matched_change("intact", "all", "memorised"),
        "memorised_drop_matched_elsewhere": at.matched_change("intact", "elsewhere", "memorised"),
        "recovered_gain": at.change("all", "intact", "recovered"),
        "recovered_gain_elsewhere": at.change("elsewhere", "intact", "recovered"),
        "memorised_drop_scratch": at.change("scratch_intact", "scratch_all", "memorised"),
        "memorised_drop_dropout": at.change("dropout_intact", "dropout_all", "memorised"),
        "memorised_drop_elr": at.change("intact", "elr", "memorised"),
        "delay": at.epoch_half("all") - at.epoch_half("intact")}


def _learning(at: Readings, placement: Placement) -> dict[str, float]:
    numbers = {
        "learning": at.end("intact", "test_accuracy"), "learning_change": at.change("all", "intact", "test_accuracy"),
        "learning_late": at.late_change("all", "intact", "test_accuracy"),
        "learning_late_elsewhere": at.late_change("elsewhere", "intact", "test_accuracy"),
        "learning_change_matched": at.matched_change("all", "intact", "test_accuracy"),
        "learning_late_scratch": at.late_change("scratch_all", "scratch_intact", "test_accuracy"),
        "learning_late_dropout": at.late_change("dropout_all", "dropout_intact", "test_accuracy"),
        "learning_change_elr": at.change("elr", "intact", "test_accuracy"),
        "overfit_gap": at.end("intact", "overfit_gap"), "overfit_gap_stripped": at.end("all", "overfit_gap")}
    if placement == "pre":
        numbers["learning_late_folded"] = at.late_change("folded", "intact", "test_accuracy")
    return numbers


def _lost(damage: pd.DataFrame, placement: Placement, intervention: str) -> float:
    """Return the test accuracy that an intervention costs at step zero; NaN where it was not done."""
    ours = damage[damage["placement"] == placement].set_index("intervention")["accuracy"]
    return float(ours["intact"] - ours[intervention]) if intervention in ours.index else NAN


def _damage(damage: pd.DataFrame, placement: Placement) -> dict[str, float]:
    return {"damage": _lost(damage, placement, "all"), "damage_elsewhere": _lost(damage, placement, "elsewhere")}


def _early_over_later(damage: pd.DataFrame) -> dict[str, float]:
    return {"early_over_later": early_over(damage, "early", "later"),
            "early_over_later_elsewhere": early_over(damage, "elsewhere_early", "elsewhere_later")}


def early_over(damage: pd.DataFrame, early: str, other: str) -> float:
    """Return the accuracy lost by the intervention ``early`` minus that lost by ``other``, mean over placements."""
    found = [_lost(damage, placement, early) - _lost(damage, placement, other) for placement in damage["placement"].unique()]
    return float(np.mean(found)) if found else math.nan


def gradient_ratios(gradients: pd.DataFrame, epochs: pd.DataFrame) -> dict[str, float]:
    """Return the ratios of gradient norms of the intact models, over all norms of all placements.

    Before: the first evaluation, largest ratio. After: the last evaluation, smallest ratio, and NaN unless every intact model has
    memorised 90 % by then.
    """
    intact = gradients[gradients["variant"] == "intact"]
    wide = intact.pivot_table(index=["placement", "epoch", "layer", "place"], columns="samples", values="gradient").reset_index()
    learn, clean = wide["test"] / wide["noisy"], wide["clean"] / wide["noisy"]
    first, last = wide["epoch"] == wide["epoch"].min(), wide["epoch"] == wide["epoch"].max()
    end = epochs[(epochs["variant"] == "intact") & (epochs["epoch"] == epochs["epoch"].max())]
    has_memorised = bool((end["memorised"] >= MEMORISED_ENOUGH).all())
    return {"gradient_ratio": float(learn[last].min()) if has_memorised else NAN,
            "gradient_ratio_before": float(learn[first].max()),
            "gradient_ratio_clean": float(clean[last].max()) if has_memorised else NAN}
