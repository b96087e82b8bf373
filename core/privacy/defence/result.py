"""What one seed of one defence returns."""

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from core.lab.experiment import Metric, Table
from core.privacy.bounds import DIFFERENCE, FRACTION

_EVIDENCE = "Evidence, empty where the method has none: core.privacy.defences.evidence.SCHEMAS."


@dataclass(frozen=True, kw_only=True, eq=False)
class DefenceResult:
    """What one seed returns. Means over targets: every model is the target in turn, the others its references."""

    auc: Annotated[float, Metric("Attack AUC, defended", "LiRA, online, against the defended models; guessing: 0.50.",
                                 bounds=FRACTION)]
    auc_plain: Annotated[float, Metric("Attack AUC, plain", "LiRA, online, against the plain models.", bounds=FRACTION)]
    auc_drop: Annotated[float, Metric("AUC removed", "Attack AUC on plain minus on defended models.", bounds=DIFFERENCE)]
    auc_drop_shuffled: Annotated[float, Metric("AUC removed, shuffled", "The same with membership shuffled.", bounds=DIFFERENCE)]
    accuracy_cost: Annotated[float, Metric("Accuracy lost", "Test accuracy of plain minus of defended models.", unit="pt",
                                           bounds=DIFFERENCE)]
    test_accuracy: Annotated[float, Metric("Test accuracy, defended", "On images that a model was not trained on.", unit="%",
                                           bounds=FRACTION)]
    test_accuracy_plain: Annotated[float, Metric("Test accuracy, plain", "The same for the plain models.", unit="%", bounds=FRACTION)]
    train_accuracy: Annotated[float, Metric("Train accuracy, defended", "On a model's own members.", unit="%", bounds=FRACTION)]
    train_accuracy_plain: Annotated[float, Metric("Train accuracy, plain", "The same for the plain models.", unit="%",
                                                  bounds=FRACTION)]
    auc_loss: Annotated[float, Metric("Loss AUC, defended", "One loss threshold for all images.", bounds=FRACTION)]
    auc_loss_plain: Annotated[float, Metric("Loss AUC, plain", "The same for the plain models.", bounds=FRACTION)]
    auc_loss_drop: Annotated[float, Metric("Loss AUC removed", "Plain minus defended.", bounds=DIFFERENCE)]
    tpr_at_1_percent: Annotated[float, Metric(
        "Found at 1%, defended", "Members found when 1% of non-members are accused, pooled over targets.", unit="%", bounds=FRACTION)]
    tpr_at_1_percent_plain: Annotated[float, Metric("Found at 1%, plain", "The same for the plain models.", unit="%", bounds=FRACTION)]
    tpr_drop: Annotated[float, Metric("Found at 1%, less", "Plain minus defended.", unit="pt", bounds=DIFFERENCE)]
    loss_gap: Annotated[float, Metric("Loss gap, defended", "Mean loss on non-members minus on members.")]
    loss_gap_plain: Annotated[float, Metric("Loss gap, plain", "The same for the plain models.")]
    feature_norm_auc: Annotated[float, Metric("Length AUC, defended", "Chance that a member's feature is the longer.",
                                              bounds=FRACTION)]
    feature_norm_auc_plain: Annotated[float, Metric("Length AUC, plain", "The same for the plain models.", bounds=FRACTION)]
    feature_norm_gap: Annotated[float, Metric("Length gap, defended", "Mean length of members' features minus of others'.")]
    feature_norm_gap_plain: Annotated[float, Metric("Length gap, plain", "The same for the plain models.")]
    attacks: Annotated[pd.DataFrame, Table("One row per model set and attack: short_audit.attack_rows.")]
    roc: Annotated[pd.DataFrame, Table("LiRA, online: score_tables.roc_table, with which models.")]
    early_stopping: Annotated[pd.DataFrame, Table("Plain models after each kept epoch: defences.leakage.leakage_table.")]
    feature_norms: Annotated[pd.DataFrame, Table(_EVIDENCE)]
    ring_occupancy: Annotated[pd.DataFrame, Table(_EVIDENCE)]
    loss_levels: Annotated[pd.DataFrame, Table(_EVIDENCE)]
    score_mass: Annotated[pd.DataFrame, Table(_EVIDENCE)]
    entanglement: Annotated[pd.DataFrame, Table(_EVIDENCE)]
    score_sample: Annotated[pd.DataFrame, Table(_EVIDENCE)]
    rewind_sweep: Annotated[pd.DataFrame, Table(_EVIDENCE)]
    region_scan: Annotated[pd.DataFrame, Table(_EVIDENCE)]
    region_gradient: Annotated[pd.DataFrame, Table(_EVIDENCE)]
    epsilon: Annotated[pd.DataFrame, Table(_EVIDENCE)]
    classes: Annotated[pd.DataFrame, Table("One row per class: y, name.")]

    @property
    def auc_stopped(self) -> Annotated[float, Metric(
            "Attack AUC, stopped early", "LiRA, online, against plain models stopped where they reach the defended models' accuracy.",
            bounds=FRACTION)]:
        """Along the line through the epochs that were kept; beyond its ends the nearest epoch counts."""
        kept = self.early_stopping[self.early_stopping["attack"] == "lira_online"].sort_values("test_accuracy")
        return float(np.interp(self.test_accuracy, kept["test_accuracy"], kept["auc"])) if len(kept) else math.nan
