"""What one seed of the membership audit returns."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from core.lab.experiment import Array, Metric, Table
from core.privacy.bounds import DIFFERENCE, FRACTION


@dataclass(frozen=True, kw_only=True, eq=False)
class PrivacyResult:
    """What one seed of the audit returns. Means over targets: every model is the target in turn, the others its references."""

    auc: Annotated[float, Metric("Attack AUC", "Chance that a member outscores a non-member under LiRA, online; guessing: 0.50.",
        bounds=FRACTION)]
    auc_loss: Annotated[float, Metric("AUC, loss threshold", "The same with one loss threshold for all images.", bounds=FRACTION)]
    auc_gain: Annotated[float, Metric("AUC gained by calibration", "LiRA, online, minus the loss threshold.", bounds=DIFFERENCE)]
    tpr_at_1_percent: Annotated[float, Metric(
        "Found at 1% false alarms", "Members found when 1% of non-members are accused, pooled over targets.", unit="%",
        bounds=FRACTION)]
    tpr_at_01_percent: Annotated[float, Metric(
        "Found at 0.1% false alarms", "Members found when 0.1% of non-members are accused, pooled over targets.", unit="%",
        bounds=FRACTION)]
    train_accuracy: Annotated[float, Metric("Training accuracy", "Accuracy on members, mean over models.", unit="%",
        bounds=FRACTION)]
    test_accuracy: Annotated[float, Metric("Test accuracy", "Accuracy on held-out test images, mean over models.", unit="%",
        bounds=FRACTION)]
    accuracy_gap: Annotated[float, Metric("Generalisation gap", "Accuracy on members minus on non-members.", unit="pt",
        bounds=DIFFERENCE)]
    loss_gap: Annotated[float, Metric("Loss gap", "Mean loss on non-members minus on members.")]
    gap_correlation: Annotated[float, Metric(
        "Gap and leakage", "Spearman correlation of loss gap and loss-threshold AUC over training epochs, mean over targets.",
        bounds=DIFFERENCE)]
    gap_correlation_shuffled: Annotated[float, Metric("Gap and leakage, shuffled", "The same AUC with membership shuffled.",
        bounds=DIFFERENCE)]
    feature_norm_auc: Annotated[float, Metric(
        "AUC of feature magnitude", "Chance that a member's penultimate feature is longer than a non-member's.", bounds=FRACTION)]
    feature_norm_auc_shuffled: Annotated[float, Metric("AUC of magnitude, shuffled", "The same with membership shuffled.",
        bounds=FRACTION)]
    auc_shuffled: Annotated[float, Metric("Attack AUC, shuffled", "LiRA, online, scored against shuffled membership.",
        bounds=FRACTION)]
    auc_clean: Annotated[float, Metric(
        "Attack AUC, clean target", "LiRA, online, on a model that was trained on none of these images.", bounds=FRACTION)]
    auc_gain_shuffled: Annotated[float, Metric("AUC gained, shuffled", "The gain scored against shuffled membership.",
        bounds=DIFFERENCE)]
    attacks: Annotated[pd.DataFrame, Table("One row per attack: tables.attack_table.")]
    operating_points: Annotated[pd.DataFrame, Table("One row per attack and false-alarm level: tables.operating_point_table.")]
    roc: Annotated[pd.DataFrame, Table("One row per attack and false-alarm rate: score_tables.roc_table.")]
    histograms: Annotated[pd.DataFrame, Table("One row per attack and bin of its score: score_tables.histogram_table.")]
    slices: Annotated[pd.DataFrame, Table("One row per attack and slice of the pool: sample_tables.slice_table.")]
    samples: Annotated[pd.DataFrame, Table("Most exposed members, most accused non-members: sample_tables.sample_table.")]
    curves: Annotated[pd.DataFrame, Table("One row per model and epoch: loss and accuracy on training and test images.")]
    early_stopping: Annotated[pd.DataFrame, Table("One row per target and epoch kept: see core.privacy.audit.early_stopping.")]
    feature_norms: Annotated[pd.DataFrame, Table("One row per bin of feature magnitude: left, right, members, non_members.")]
    sample_images: Annotated[np.ndarray, Array("uint8 (rows of samples, H, W, C): the image of each row")]
    classes: Annotated[pd.DataFrame, Table("One row per class: y, name.")]
