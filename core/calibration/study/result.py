"""What one seed of the room returns. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from core.lab.experiment import Array, Metric, Table

FRACTION, DIFFERENCE, POSITIVE = (0.0, 1.0), (-1.0, 1.0), (0.0, 1e9)
WHERE = "corruption (clean at level 0), level, method"


def _share(label: str, words: str) -> Metric:
    return Metric(label, words, unit="%", bounds=FRACTION)


def _gap(label: str, words: str) -> Metric:
    return Metric(label, words, unit="pt", bounds=DIFFERENCE)


@dataclass(frozen=True, kw_only=True, eq=False)
class CalibrationResult:
    """Means over the corruptions at the last level, unless said otherwise. Numbers of methods that were left out are NaN."""

    ece_tent: Annotated[float, _share("ECE, TENT", "Expected calibration error: how far confidence is from being right, 15 bins.")]
    ece_bn: Annotated[float, _share("ECE, batch statistics", "The same where statistics follow the batch and no weight moves.")]
    ece_source: Annotated[float, _share("ECE, source", "The same of the network as it was trained.")]
    ece_clean: Annotated[float, _share("ECE at home", "Of the network as it was trained, on clean images.")]
    ece_eta: Annotated[float, _share("ECE, ETA", "The same for ETA.")]
    ece_infomax: Annotated[float, _share("ECE, information max.", "The same for information maximisation.")]
    ece_t3a: Annotated[float, _share("ECE, T3A", "The same for T3A.")]
    ece_dec: Annotated[float, _share("ECE, distillation", "The same for certainty distillation.")]
    ece_fixed: Annotated[float, _share("ECE, one temperature", "The same distillation with one temperature for all images.")]
    ece_bn_home: Annotated[float, _share("ECE, home temperature", "Batch statistics, divided by the temperature that fits at home.")]
    ece_bn_stream: Annotated[float, _share("ECE, stream temperature", "Batch statistics, by the stream's mean of the label-free rule.")]
    ece_bn_sample: Annotated[float, _share("ECE, temperature each", "Batch statistics, each image by its own label-free temperature.")]
    ece_tent_oracle: Annotated[float, _share("ECE, TENT at its best", "TENT by the best temperature for the stream's labels: a bound.")]
    over_tent: Annotated[float, _gap("Too sure, TENT", "Mean confidence minus accuracy.")]
    over_bn: Annotated[float, _gap("Too sure, statistics", "The same for batch statistics alone.")]
    over_source: Annotated[float, _gap("Too sure, source", "The same for the network as it was trained.")]
    over_dec: Annotated[float, _gap("Too sure, distillation", "The same for certainty distillation.")]
    rise_far: Annotated[float, _gap("ECE added, last level", "ECE of TENT minus ECE of batch statistics, at the last level.")]
    rise_near: Annotated[float, _gap("ECE added, first level", "The same at the first level.")]
    accuracy_clean: Annotated[float, _share("Accuracy at home", "Of the network as it was trained, on clean images.")]
    accuracy_source: Annotated[float, _share("Accuracy, source", "Of the network as it was trained.")]
    accuracy_bn: Annotated[float, _share("Accuracy, statistics", "Where statistics follow the batch and no weight moves.")]
    accuracy_bn_home: Annotated[float, _share("Accuracy, home temp.", "The same after dividing by a temperature.")]
    accuracy_tent: Annotated[float, _share("Accuracy, TENT", "The same for TENT.")]
    accuracy_eta: Annotated[float, _share("Accuracy, ETA", "The same for ETA.")]
    accuracy_dec: Annotated[float, _share("Accuracy, distillation", "The same for certainty distillation.")]
    adapting_pays: Annotated[float, _gap("Won by statistics", "Accuracy of batch statistics minus accuracy of the source.")]
    entropy_fall: Annotated[float, Metric(
        "Entropy lost to TENT", "Mean entropy under batch statistics minus under TENT, in bits: whether the stream was long enough.")]
    norm_clean: Annotated[float, Metric("Logit norm at home", "Mean length of the logits on clean images, source.", "", POSITIVE)]
    norm_near: Annotated[float, Metric("Logit norm, first level", "The same at the first level.", "", POSITIVE)]
    norm_far: Annotated[float, Metric("Logit norm, last level", "The same at the last level.", "", POSITIVE)]
    coverage_clean: Annotated[float, _share("Sets that hold, home", "Conformal sets made for 90%, batch statistics, clean images.")]
    coverage_bn: Annotated[float, _share("Sets that hold, shifted", "The same sets at the last level.")]
    coverage_tent: Annotated[float, _share("Sets that hold, TENT", "The same for TENT.")]
    cost_tent: Annotated[float, Metric("Time, TENT", "Seconds a batch as a multiple of a plain forward pass.", "", POSITIVE)]
    cost_dec: Annotated[float, Metric("Time, distillation", "The same for certainty distillation.", "", POSITIVE)]
    again_tent: Annotated[float, _gap("ECE added at home again", "TENT back on clean images after all corruptions, minus source.")]
    crossing_dec: Annotated[float, Metric(
        "Passes until calibrated", "Passes over the first stream after which distillation is first no surer than right; NaN if it never "
        "is.", "", POSITIVE)]
    over_dec_end: Annotated[float, _gap("Too sure at the end", "Confidence minus accuracy of distillation in the last stretch of it.")]
    scores: Annotated[pd.DataFrame, Table(
        f"One row per condition, method and repair: {WHERE}, repair (core.calibration.catalogue.POST_HOC), then "
        "core.calibration.judge.SCORES.")]
    bins: Annotated[pd.DataFrame, Table(
        f"One row per filled bin of a reliability diagram: {WHERE}, repair, bin, count, confidence, accuracy.")]
    risk: Annotated[pd.DataFrame, Table(f"{WHERE}, answered (share of images, surest first), risk (share wrong among them).")]
    classes: Annotated[pd.DataFrame, Table(f"{WHERE}, class, name, n (images called so), accuracy, confidence.")]
    groups: Annotated[pd.DataFrame, Table(
        f"{WHERE}, number, group, n (images of it), accuracy, confidence; no rows where the data tells no groups.")]
    course: Annotated[pd.DataFrame, Table(
        "One row per method and stretch of the long stream: method, step, passes, accuracy, confidence, ece.")]
    again: Annotated[pd.DataFrame, Table("Home again after all corruptions without a reset: method, accuracy, ece, overconfidence.")]
    costs: Annotated[pd.DataFrame, Table(
        "method, seconds (a batch), times (of a plain forward pass), forwards, backwards, held_bytes (networks and moments), kept_bytes "
        "(of a batch, for the backward pass).")]
    views: Annotated[pd.DataFrame, Table(
        f"Ten images of each condition: {WHERE}, repair, image (0 to 9), y, said, confidence; view_images holds the pictures.")]
    mistakes: Annotated[pd.DataFrame, Table(
        "The wrong answers that TENT is surest of: corruption, level, y, said, confidence, then said and confidence of bn and dec.")]
    names: Annotated[pd.DataFrame, Table("One row per class: y, name.")]
    view_images: Annotated[np.ndarray, Array("uint8 (conditions, 10, H, W, C): the images of views, conditions in the order of scores.")]
    mistake_images: Annotated[np.ndarray, Array("uint8 (rows of mistakes, H, W, C).")]
