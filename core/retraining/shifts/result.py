"""What one seed of the study of shifted data returns. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.lab.experiment import Metric, Table

RANK, SHARE = (-1.0, 1.0), (0.0, 1.0)


def _rank(label: str, of: str) -> Metric:
    return Metric(label, f"Spearman correlation of {of} with images to target, mean over the two plain models.", bounds=RANK)


def _partial(label: str, of: str) -> Metric:
    return Metric(label, f"The same for {of} with the ranks of raw error held fixed.", bounds=RANK)


@dataclass(frozen=True, kw_only=True, eq=False)
class RetrainingResult:
    """Numbers and tables of one seed."""

    rank_resque: Annotated[float, _rank("RESQUE", "RESQUE at the last convolution")]
    rank_raw: Annotated[float, _rank("Raw error", "1 - raw accuracy on new data (needs labels)")]
    partial_resque: Annotated[float, _partial("RESQUE, raw error fixed", "RESQUE")]
    right_resque: Annotated[float, Metric(
        "Right model by RESQUE", "Shifts for which RESQUE names the cheapest model.", unit="%", bounds=SHARE)]
    rank_features: Annotated[float, _rank("RESQUE, features", "RESQUE on penultimate features")]
    rank_norms: Annotated[float, _rank("Error after norms", "1 - accuracy after BatchNorm re-estimation")]
    rank_confidence: Annotated[float, _rank("Mean unconfidence", "1 - mean confidence (needs no labels)")]
    rank_gradient: Annotated[float, _rank("Gradient norm", "the gradient norm of one batch")]
    rank_arm: Annotated[float, _rank("ARM as released", "ARM as released")]
    rank_arm_corrected: Annotated[float, _rank("ARM corrected", "ARM with common edges")]
    rank_preindex: Annotated[float, _rank("PreIndex reconstructed", "PreIndex as reconstructed")]
    rank_permuted: Annotated[float, _rank("RESQUE, shifts permuted", "RESQUE of other shifts, dealt out at random")]
    partial_norms: Annotated[float, _partial("Norms, raw error fixed", "error after BatchNorm re-estimation")]
    partial_confidence: Annotated[float, _partial("Unconfidence, raw fixed", "mean unconfidence")]
    rank_epochs: Annotated[float, Metric(
        "RESQUE, whole epochs", "Spearman correlation of RESQUE with the cost in whole epochs, as papers count it.", bounds=RANK)]
    rank_seconds: Annotated[float, Metric(
        "RESQUE, CPU seconds", "Spearman correlation of RESQUE with CPU seconds to target; energy is a multiple of them.", bounds=RANK)]
    rank_change: Annotated[float, Metric(
        "RESQUE, change of weights", "Spearman correlation of RESQUE with how far the weights moved.", bounds=RANK)]
    concordance_resque: Annotated[float, Metric(
        "Concordance, RESQUE", "Harrell's concordance, which skips pairs that never got there; 0.5 is chance.", bounds=SHARE)]
    concordance_raw: Annotated[float, Metric("Concordance, raw error", "The same for raw error.", bounds=SHARE)]
    monotone_resque: Annotated[float, Metric(
        "Rises with intensity", "Neighbouring levels of one kind where RESQUE is higher at the higher level.", unit="%", bounds=SHARE)]
    monotone_permuted: Annotated[float, Metric(
        "Rises, levels permuted", "The same for levels in random order.", unit="%", bounds=SHARE)]
    resque_clean: Annotated[float, Metric("RESQUE, nothing shifted", "RESQUE between two clean samples; sampling alone.", bounds=SHARE)]
    resque_mildest: Annotated[float, Metric("RESQUE, mildest shift", "The smallest RESQUE of any shift.", bounds=SHARE)]
    right_raw: Annotated[float, Metric("Right model by raw error", "The same for raw error.", unit="%", bounds=SHARE)]
    right_arm: Annotated[float, Metric("Right model by ARM", "The same for ARM as released.", unit="%", bounds=SHARE)]
    right_random: Annotated[float, Metric("Right model, random pick", "The same for a random pick.", unit="%", bounds=SHARE)]
    regret_resque: Annotated[float, Metric("Regret, RESQUE", "Images lost by the model of lowest RESQUE against the cheapest.")]
    regret_raw: Annotated[float, Metric("Regret, raw error", "The same for raw error.")]
    regret_random: Annotated[float, Metric("Regret, random pick", "The same for a random pick.")]
    censored: Annotated[float, Metric("Never reached", "Retrainings that end under their target.", unit="%", bounds=SHARE)]
    free: Annotated[float, Metric("Needed none", "Retrainings that begin at or above their target.", unit="%", bounds=SHARE)]
    clean_accuracy: Annotated[float, Metric("Clean accuracy", "Mean over models before any shift.", unit="%", bounds=SHARE)]
    index_seconds: Annotated[float, Metric("CPU seconds, all indices", "CPU time for every index of one model and shift.")]
    retraining_seconds: Annotated[float, Metric("CPU seconds, retraining", "CPU time of a mean retraining up to the cap.")]
    cases: Annotated[pd.DataFrame, Table(
        "One row for every model and shift: indices, free rivals, cost to target (infinite costs are empty), CPU time, energy (modelled).")]
    curves: Annotated[pd.DataFrame, Table("Retraining curves: accuracy and running cost after so many images.")]
    models: Annotated[pd.DataFrame, Table("The models: clean accuracy, weights, multiplications an image.")]
    ranks: Annotated[pd.DataFrame, Table("For every model, index and target: rank correlation, partial, concordance, whole epochs.")]
    choices: Annotated[pd.DataFrame, Table("For every shift and index: whether it names the cheapest model, and the regret in images.")]
