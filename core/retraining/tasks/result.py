"""What one seed of the study of new tasks returns. Imports no torch."""

import math
from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.lab.experiment import Metric, Table

RANK, SHARE, POSITIVE = (-1.0, 1.0), (0.0, 1.0), (0.0, math.inf)


def _rank(label: str, of: str) -> Metric:
    return Metric(label, f"Spearman correlation of {of} with images to target over tasks, mean over trained sources.", bounds=RANK)


def _saved(label: str, of: str) -> Metric:
    return Metric(label, f"Images needed as a ratio to random weights, {of}; geometric mean over tasks, those that never got there "
                  "counted at the cap.", bounds=POSITIVE, is_ratio=True)


@dataclass(frozen=True, kw_only=True, eq=False)
class TasksResult:
    """Numbers and tables of one seed."""

    rank_task: Annotated[float, _rank("RESQUE for tasks", "RESQUE (spatial mean, own centroids)")]
    rank_probe: Annotated[float, _rank("Linear probe", "1 - accuracy of a linear probe")]
    ratio_own: Annotated[float, _saved("Images, own kind", "source and task of one data set")]
    ratio_other: Annotated[float, _saved("Images, other kind", "source and task of different data sets")]
    rank_mean_plus: Annotated[float, _rank("RESQUE, mean, k-means++", "RESQUE (spatial mean, k-means++)")]
    rank_flat: Annotated[float, _rank("RESQUE, flat, centroids", "RESQUE (flat map, own centroids)")]
    rank_flat_plus: Annotated[float, _rank("RESQUE, flat, k-means++", "RESQUE (flat map, k-means++)")]
    rank_features: Annotated[float, _rank("RESQUE, features", "RESQUE on penultimate features")]
    rank_knn: Annotated[float, _rank("Nearest neighbours", "1 - k-NN accuracy on features")]
    rank_leep: Annotated[float, _rank("LEEP", "minus LEEP")]
    rank_logme: Annotated[float, _rank("LogME", "minus LogME")]
    rank_pixels: Annotated[float, _rank("Neighbours of pixels", "1 - k-NN accuracy on raw pixels, no network")]
    rank_confidence: Annotated[float, _rank("Mean unconfidence", "1 - mean confidence of the old classifier (needs no labels)")]
    rank_permuted: Annotated[float, _rank("RESQUE, tasks permuted", "RESQUE of other tasks, dealt out at random")]
    partial_task: Annotated[float, Metric(
        "RESQUE, probe fixed", "Correlation of RESQUE with cost, ranks of the linear probe held fixed.", bounds=RANK)]
    concordance_task: Annotated[float, Metric(
        "Concordance, RESQUE", "Harrell's concordance, which skips pairs that never got there; 0.5 is chance.", bounds=SHARE)]
    concordance_probe: Annotated[float, Metric("Concordance, probe", "The same for the linear probe.", bounds=SHARE)]
    right_task: Annotated[float, Metric("Right source by RESQUE", "Tasks for which RESQUE names the cheapest source.", unit="%",
                                        bounds=SHARE)]
    right_probe: Annotated[float, Metric("Right source by probe", "The same for the linear probe.", unit="%", bounds=SHARE)]
    right_random: Annotated[float, Metric("Right source, random pick", "The same for a random pick.", unit="%", bounds=SHARE)]
    regret_task: Annotated[float, Metric(
        "Regret, RESQUE", "Images lost by the source of lowest RESQUE against the cheapest.", bounds=POSITIVE)]
    regret_probe: Annotated[float, Metric("Regret, probe", "The same for the linear probe.", bounds=POSITIVE)]
    regret_random: Annotated[float, Metric("Regret, random pick", "The same for a random pick.", bounds=POSITIVE)]
    shuffled: Annotated[float, Metric("RESQUE, shuffled classes", "RESQUE where classes are dealt out at random; 1 is no structure.")]
    never: Annotated[float, Metric("Never reached", "Number of retrainings that end under their target.", bounds=POSITIVE)]
    retrainings: Annotated[float, Metric("Retrainings", "Number of retrainings in all.", bounds=POSITIVE)]
    best_accuracy: Annotated[float, Metric("Best accuracy", "Best of any source, mean over tasks.", unit="%", bounds=SHARE)]
    index_seconds: Annotated[float, Metric("CPU seconds, all indices", "CPU time for every index of one source and task.")]
    retraining_seconds: Annotated[float, Metric("CPU seconds, retraining", "CPU time of a mean retraining up to the cap.")]
    cases: Annotated[pd.DataFrame, Table(
        "One row for every source and task: indices, free rivals, target, images to target (infinite costs are empty), ratio to random.")]
    curves: Annotated[pd.DataFrame, Table("Retraining curves: accuracy and running cost after so many images.")]
    tasks: Annotated[pd.DataFrame, Table("The tasks: data, number of classes and images, best accuracy of any source.")]
    ranks: Annotated[pd.DataFrame, Table("For every source, index and target: rank correlation, partial given the probe, concordance.")]
    choices: Annotated[pd.DataFrame, Table("For every task and index: whether it names the cheapest source, and the regret in images.")]
