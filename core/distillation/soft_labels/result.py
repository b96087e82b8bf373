"""What one seed of the study of soft labels returns. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.lab.experiment import Metric, Table

SHARE = (0.0, 1.0)
CHANGE = (-1.0, 1.0)
NEVER_NEGATIVE = (0.0, float("inf"))


@dataclass(frozen=True, kw_only=True, eq=False)
class SoftLabelResult:
    """One seed. Accuracies are on test images; every choice was made on validation images."""

    accuracy_hard: Annotated[float, Metric("Hard labels", "Test accuracy of the student that sees plain labels.", "%", SHARE)]
    accuracy_encoder: Annotated[float, Metric(
        "Autoencoder's labels", "Test accuracy with the autoencoder's soft labels, weight and temperature chosen.", "%", SHARE)]
    accuracy_uniform: Annotated[float, Metric(
        "Smoothing, equal strength", "The same with label smoothing of the same own-class probability.", "%", SHARE)]
    accuracy_permuted: Annotated[float, Metric(
        "Labels, wrong classes", "The same with the other classes of each soft label shuffled.", "%", SHARE)]
    accuracy_released: Annotated[float, Metric(
        "As released, mild", "Autoencoder's labels at weight 0.5 and temperature 1.", "%", SHARE)]
    accuracy_extreme: Annotated[float, Metric(
        "As released, extreme", "Autoencoder's labels at weight 0.9 and temperature 20.", "%", SHARE)]
    accuracy_smoothing: Annotated[float, Metric("Label smoothing, chosen", "Plain label smoothing, its strength chosen.", "%", SHARE)]
    accuracy_sharp: Annotated[float, Metric("Sharpened labels", "Autoencoder's labels with a lower temperature.", "%", SHARE)]
    accuracy_sharp_uniform: Annotated[float, Metric(
        "Sharpened, equal strength", "Label smoothing with the own-class probability of the sharpened labels.", "%", SHARE)]
    accuracy_sharp_permuted: Annotated[float, Metric(
        "Sharpened, wrong classes", "Sharpened labels, the other classes shuffled.", "%", SHARE)]
    accuracy_kd: Annotated[float, Metric(
        "Knowledge distillation", "From the teacher's answers, weight and temperature chosen.", "%", SHARE)]
    accuracy_kd_table: Annotated[float, Metric("Teacher's table", "From the teacher's answers averaged over each class.", "%", SHARE)]
    accuracy_self: Annotated[float, Metric("Self-distillation", "From the answers of the hard-label student.", "%", SHARE)]
    accuracy_label_free: Annotated[float, Metric("Label-free distillation", "From the teacher's answers alone.", "%", SHARE)]
    accuracy_both: Annotated[float, Metric("Distillation and labels", "Distillation with the autoencoder's labels added.", "%", SHARE)]
    accuracy_both_uniform: Annotated[float, Metric(
        "Distillation, smoothing", "Distillation with label smoothing of equal strength added.", "%", SHARE)]
    accuracy_teacher: Annotated[float, Metric("Teacher", "Test accuracy of the teacher.", "%", SHARE)]
    cost_encoder: Annotated[float, Metric(
        "Labels without a teacher", "CPU time of the autoencoder, its codes and the table.", "s", NEVER_NEGATIVE)]
    cost_teacher: Annotated[float, Metric("Labels from a teacher", "CPU time of the teacher and its answers.", "s", NEVER_NEGATIVE)]
    macs_encoder: Annotated[float, Metric(
        "MACs, labels, no teacher", "Multiply-adds of making the autoencoder's labels, in billions.", "", NEVER_NEGATIVE)]
    macs_teacher: Annotated[float, Metric(
        "MACs, labels, teacher", "Multiply-adds of making the teacher's labels, in billions.", "", NEVER_NEGATIVE)]
    own_class: Annotated[float, Metric("Own class", "Mean probability that a soft label gives its own class.", "%", SHARE)]
    evenness: Annotated[float, Metric("Evenness", "Entropy of the soft labels as a share of the largest possible.", "%", SHARE)]
    agreement: Annotated[float, Metric(
        "Similarity and confusion", "Rank correlation of the autoencoder's similarities with the teacher's.", "", (-1.0, 1.0))]
    gain_here: Annotated[float, Metric("Gain", "Autoencoder's labels minus hard labels.", "pt", CHANGE)]
    gain_more: Annotated[float, Metric("Gain, more images", "The same on the larger training set, as many steps.", "pt", CHANGE)]
    ece_hard: Annotated[float, Metric("Calibration, hard", "Expected calibration error with hard labels.", "%", SHARE)]
    ece_encoder: Annotated[float, Metric("Calibration, autoencoder", "Expected calibration error with soft labels.", "%", SHARE)]
    ece_uniform: Annotated[float, Metric("Calibration, smoothing", "The same with smoothing of equal strength.", "%", SHARE)]
    ece_kd: Annotated[float, Metric("Calibration, distillation", "The same with distillation.", "%", SHARE)]
    arms: Annotated[pd.DataFrame, Table(
        "One row per arm: arm, title, family (plain, smoothing, encoder, sharp, teacher, self, both, size), weight, temperature, is_chosen "
        "(stands in the comparison), n_train, validation, accuracy, loss, ece, overconfidence (mean confidence minus "
        "accuracy), brier, student_seconds, label_seconds, label_macs "
        "(of what makes the labels).")]
    labels: Annotated[pd.DataFrame, Table(
        "One row per pair of classes: row, column, row_name, column_name, cosine, soft, centred, sharp, mixing (teacher's mean probability "
        "on validation images), confusion (share of validation images of the row that the teacher calls column).")]
    costs: Annotated[pd.DataFrame, Table(
        "One row per part of the work: part, title, cpu_seconds, macs (in all), parameters, training_bytes.")]

    @property
    def beyond_smoothing(self) -> Annotated[float, Metric(
            "Beyond label smoothing", "Autoencoder's labels minus label smoothing of equal strength.", "pt", CHANGE)]:
        """What the soft labels know beyond their strength."""
        return self.accuracy_encoder - self.accuracy_uniform

    @property
    def teacher_size(self) -> Annotated[float, Metric("Size of the teacher", "Weights of the teacher for each of the student.", "",
                                                      NEVER_NEGATIVE)]:
        """Above 1 the teacher is larger than its student."""
        weights = self.costs.set_index("part")["parameters"]
        return float(weights["teacher"] / weights["student"])
