"""What one seed of the room returns. Imports no torch."""

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from core.lab.experiment import Array, Metric, Table
from core.spurious.bounds import DIFFERENCE, FRACTION


def _rate(label: str, words: str) -> Metric:
    return Metric(label, words, unit="%", bounds=FRACTION)


def _change(label: str, words: str) -> Metric:
    return Metric(label, words, unit="pt", bounds=DIFFERENCE)


def _columns(name: str) -> Table:
    return Table(f"Columns and values: core.spurious.columns.COLUMNS['{name}'].")


@dataclass(frozen=True, kw_only=True, eq=False)
class SpuriousResult:
    """Numbers, tables and images of one seed. Numbers of parts that were left out are NaN, their tables have no rows."""

    reliance: Annotated[float, _rate(
        "Misled by the cue", "Images of the harmed class with the cue that the network calls the biased class.")]
    reliance_clean: Annotated[float, _rate("Misled, clean network", "The same for a network that never saw the cue in training.")]
    reliance_unmarked: Annotated[float, _rate("Confused without the cue", "The same images without the cue, same network.")]
    reliance_hardest: Annotated[float, _rate("Misled, hard carriers", "Only the hardest images of the biased class carry the cue.")]
    reliance_middle: Annotated[float, _rate("Misled, middle carriers", "Equally many of middle difficulty carry it.")]
    reliance_easiest: Annotated[float, _rate("Misled, easy carriers", "Equally many of the easiest carry it.")]
    reliance_pruned: Annotated[float, _rate("Misled after pruning", "Hardest of every class removed, at the pruned share.")]
    reliance_random: Annotated[float, _rate("Misled, random pruning", "Equally many removed at random.")]
    reliance_oracle: Annotated[float, _rate("Misled, oracle pruning", "Only the hardest carriers removed, half of them.")]
    reliance_chosen: Annotated[float, _rate("Misled, chosen share", "Hardest removed, at the share that validation images choose.")]
    average_accuracy: Annotated[float, _rate("Average accuracy", "On test images without the cue, nothing pruned.")]
    average_accuracy_pruned: Annotated[float, _rate("Average accuracy, pruned", "The same after pruning the hardest.")]
    worst_group_accuracy: Annotated[float, _rate("Worst group", "Smallest accuracy over classes with and without the cue.")]
    worst_group_accuracy_pruned: Annotated[float, _rate("Worst group, pruned", "The same after pruning the hardest.")]
    chosen_share: Annotated[float, Metric(
        "Chosen share", "Smallest share after which worst-class validation accuracy stops improving within the accuracy budget.",
        unit="%", bounds=FRACTION)]
    affordable_share: Annotated[float, Metric(
        "Affordable share", "Largest share whose price in average validation accuracy stays within the accuracy budget.", unit="%",
        bounds=FRACTION)]
    reliance_affordable: Annotated[float, _rate("Misled, affordable share", "Hardest removed, at the largest share within the budget.")]
    carrier_auc: Annotated[float, Metric(
        "Difficulty AUC of carriers", "Chance that a carrier scores harder than another image of its class; 0.50 when hidden.",
        bounds=FRACTION)]
    ks_p: Annotated[float, Metric(
        "KS p-value", "How likely so large a difference in difficulty is if carriers are like the rest.", bounds=FRACTION)]
    score_stability: Annotated[float, Metric(
        "Stability of the score", "Spearman correlation of difficulty between short runs, within classes.", bounds=DIFFERENCE)]
    hard_over_easy: Annotated[float, _change("Hard over easy", "Misled with hard carriers minus with easy ones.")]
    hard_over_easy_unmarked: Annotated[float, _change("Hard over easy, no cue", "The same on test images without the cue.")]
    easy_over_clean: Annotated[float, _change("Easy over clean", "Misled with easy carriers minus the clean network.")]
    hard_over_clean: Annotated[float, _change("Hard over clean", "Misled with hard carriers minus the clean network.")]
    difficulty_slope: Annotated[float, Metric(
        "Rise with difficulty", "Slope of being misled from the easiest to the hardest block of carriers.", unit="pt", bounds=(-2.0, 2.0))]
    difficulty_slope_unmarked: Annotated[float, Metric(
        "Rise, no cue", "The same slope on test images without the cue.", unit="pt", bounds=(-2.0, 2.0))]
    hardest_over_random: Annotated[float, _change("Hardest over random", "Misled after random pruning minus after hardest pruning.")]
    others_drop: Annotated[float, _change("Drop, carriers kept", "Fall in being misled when the hardest but no carriers are removed.")]
    oracle_hard_over_easy: Annotated[float, _change(
        "Hard half over easy half", "Misled with the easy half of the carriers removed minus with the hard half removed.")]
    oracle_easy_drop: Annotated[float, _change("Drop, easy half removed", "Fall in being misled when the easy half is removed.")]
    accuracy_cost: Annotated[float, _change("Price of pruning", "Average accuracy lost by pruning the hardest of every class.")]
    accuracy_cost_oracle: Annotated[float, _change("Price of the oracle", "Average accuracy lost by removing the hard half of carriers.")]
    hidden_reliance: Annotated[float, _rate("Misled, weak mark", "In the hidden regime, nothing pruned.")]
    hidden_ks_p: Annotated[float, Metric("KS p-value, weak mark", "The same test in the hidden regime.", bounds=FRACTION)]
    hidden_hardest_over_random: Annotated[float, _change(
        "Hardest over random, weak", "In the hidden regime: misled after random pruning minus after hardest pruning.")]
    hidden_others_drop: Annotated[float, _change(
        "Drop, carriers kept, weak", "In the hidden regime: fall when the hardest but no carriers are removed.")]
    identifiable_reliance: Annotated[float, _rate("Misled, many carriers", "In the identifiable regime, nothing pruned.")]
    identifiable_over_rival: Annotated[float, _change(
        "Worst group over rivals", "Identifiable regime: worst group with 3/4 of the carriers removed minus that of the best rival.")]
    identifiable_inferred_gain: Annotated[float, _change(
        "Worst group of inferred", "Identifiable regime: worst group of inferred-carrier pruning minus without pruning.")]
    identifiable_over_random: Annotated[float, _change(
        "Worst group of random", "Identifiable regime: worst group after random pruning minus without pruning.")]
    noisy_hardest_over_random: Annotated[float, _change(
        "Hardest over random, noisy", "With wrong labels: misled after random pruning minus after hardest pruning.")]
    noisy_others_drop: Annotated[float, _change(
        "Drop, carriers kept, noisy", "With wrong labels: fall when the hardest but no carriers are removed.")]
    noisy_wrong_removed: Annotated[float, _rate("Wrong labels removed", "Share of the wrong labels that hardest pruning removes.")]
    attribution_clean: Annotated[float, _rate("Attribution, clean", "Share of integrated gradients on the mark, clean network.")]
    attribution_before: Annotated[float, _rate("Attribution, before", "The same for the network that was misled.")]
    attribution_after: Annotated[float, _rate("Attribution, after", "The same after removing the hard half of the carriers.")]
    attribution_fall: Annotated[float, _change("Fall of attribution", "Before minus after removing the hard half of the carriers.")]
    attribution_fall_easy: Annotated[float, _change("Attribution fall, easy", "Before minus after removing the easy half.")]
    diffroar: Annotated[float, _change("DiffROAR", "Accuracy on the pixels ranked high minus on those ranked low, trained anew.")]
    diffroar_random: Annotated[float, _change("DiffROAR, random map", "The same for a random ranking of the pixels.")]
    simplicity_auc: Annotated[float, Metric(
        "AUC, simple shuffled", "Two stacked blocks: AUC when the simple one is shuffled at test time; 0.50 is blind.",
        bounds=FRACTION)]
    simplicity_auc_complex: Annotated[float, Metric(
        "AUC, complex alone", "AUC of a network that had to learn the complex block, since the simple one was shuffled in training.",
        bounds=FRACTION)]
    sweep: Annotated[pd.DataFrame, _columns("sweep")]
    causal: Annotated[pd.DataFrame, _columns("causal")]
    rivals: Annotated[pd.DataFrame, _columns("rivals")]
    histogram: Annotated[pd.DataFrame, _columns("histogram")]
    regimes: Annotated[pd.DataFrame, _columns("regimes")]
    scores: Annotated[pd.DataFrame, _columns("scores")]
    choice: Annotated[pd.DataFrame, _columns("choice")]
    attribution: Annotated[pd.DataFrame, _columns("attribution")]
    maps: Annotated[pd.DataFrame, _columns("maps")]
    diffroar_levels: Annotated[pd.DataFrame, _columns("diffroar")]
    simplicity: Annotated[pd.DataFrame, _columns("simplicity")]
    samples: Annotated[pd.DataFrame, _columns("samples")]
    examples: Annotated[pd.DataFrame, _columns("examples")]
    curves: Annotated[pd.DataFrame, _columns("curves")]
    classes: Annotated[pd.DataFrame, _columns("classes")]
    sample_images: Annotated[np.ndarray, Array("uint8 (rows of samples, H, W, C): as trained on, mark included")]
    example_images: Annotated[np.ndarray, Array("uint8 (rows of examples, H, W, C)")]
    attribution_maps: Annotated[np.ndarray, Array("float32 (rows of maps, H, W): attribution to biased minus harmed class, in [-1, 1]")]
    simplicity_images: Annotated[np.ndarray, Array("uint8 (n, H, W, C): a few stacked images of the two-block test")]

    @property
    def cue_learned(self) -> Annotated[float, _change("Cue learned", "Misled by the cue minus the same of a network that never saw it.")]:
        """What there is for pruning to take away."""
        return self.reliance - self.reliance_clean

    @property
    def hidden_learned(self) -> Annotated[float, _change("Cue learned, weak mark", "The same in the hidden regime, same mark.")]:
        """The same where carriers cannot be told from the rest."""
        return self.hidden_reliance - self._clean("hidden")

    @property
    def identifiable_learned(self) -> Annotated[float, _change("Cue learned, many", "The same where many images carry the cue.")]:
        """The same where carriers stand out."""
        return self.identifiable_reliance - self._clean("identifiable")

    @property
    def pruning_drop(self) -> Annotated[float, _change("Drop, hardest removed", "Fall in being misled when the hardest are removed.")]:
        """What pruning buys, carriers among the pruned or not."""
        return self.reliance - self.reliance_pruned

    @property
    def oracle_drop(self) -> Annotated[float, _change("Drop, hard half removed", "Fall in being misled when the hard half is removed.")]:
        """The counterpart of ``oracle_easy_drop``."""
        return self.oracle_hard_over_easy + self.oracle_easy_drop

    def _clean(self, scenario: str) -> float:
        rows = self.sweep[(self.sweep["scenario"] == scenario) & (self.sweep["rule"] == "clean")]
        return float(rows["reliance"].iloc[0]) if len(rows) else math.nan
