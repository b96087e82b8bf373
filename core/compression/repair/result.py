"""What one seed of the repairs returns."""

from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.compression.bounds import DIFFERENCE, FRACTION, TWICE
from core.lab.experiment import Metric, Table


@dataclass(frozen=True, kw_only=True, eq=False)
class RepairResult:
    """One seed of the repairs. Gaps are best minus worst group accuracy on test images of the long-tailed copy."""

    repair_qat: Annotated[float, Metric(
        "Gap repaired, rounded", "Gap with balanced sampling minus without, both at the same bits.", "pt", DIFFERENCE)]
    repair_weighted: Annotated[float, Metric(
        "Gap, weighted loss", "Gap with a weighted loss minus without, both at the same bits.", "pt", DIFFERENCE)]
    repair_mixed: Annotated[float, Metric(
        "Gap, mixed precision", "Gap with bits by layer minus the same bits everywhere, in as many bytes.", "pt", DIFFERENCE)]
    repair_all: Annotated[float, Metric(
        "Gap, all three", "Gap with bits by layer, balanced sampling and a weighted loss minus with none of them.", "pt", DIFFERENCE)]
    repair_prune: Annotated[float, Metric(
        "Gap repaired, pruned", "Gap with group losses held after pruning minus plain retraining.", "pt", DIFFERENCE)]
    repair_prune_balanced: Annotated[float, Metric(
        "Gap, pruned, balanced", "Gap with balanced sampling minus plain retraining after pruning.", "pt", DIFFERENCE)]
    after_before: Annotated[float, Metric(
        "Gap, after or before", "Gap with group losses held after pruning minus before it.", "pt", DIFFERENCE)]
    repair_float: Annotated[float, Metric("Gap repaired, float", "The same balanced sampling without any compression.", "pt", DIFFERENCE)]
    repair_beyond: Annotated[float, Metric(
        "Repair beyond imbalance", "Gap repaired when rounded minus gap repaired in float.", "pt", TWICE)]
    gap_sham: Annotated[float, Metric(
        "Gap added, sham", "Gap after further training without compression minus before.", "pt", DIFFERENCE)]
    gap_sham_prune: Annotated[float, Metric(
        "Gap added, pruning's sham", "The same at the learning rate at which pruned networks are retrained.", "pt", DIFFERENCE)]
    float_gap: Annotated[float, Metric("Gap, float", "Best minus worst group accuracy of the untouched network.", "pt", FRACTION)]
    qat_gap: Annotated[float, Metric("Gap, rounded", "After plain quantisation-aware training.", "pt", FRACTION)]
    repaired_gap: Annotated[float, Metric("Gap, repaired", "After quantisation-aware training with balanced sampling.", "pt", FRACTION)]
    tail_repaired: Annotated[float, Metric(
        "Tail's gain, repaired", "Accuracy of the smallest groups with balanced sampling minus without.", "pt", DIFFERENCE)]
    head_paid: Annotated[float, Metric(
        "Head's loss, repaired", "Accuracy of the largest groups without balanced sampling minus with it.", "pt", DIFFERENCE)]
    accuracy_repaired: Annotated[float, Metric("Accuracy, repaired", "Mean over groups, rounded, balanced sampling.", "%", FRACTION)]
    arms: Annotated[pd.DataFrame, Table(
        "One row per arm: setting, title, family, arm, arm_title, is_mixed, is_balanced, is_weighted, constraint, size_bytes, "
        "weight_bits (mean over weights), sparsity, accuracy (mean over groups), worst, gap, gap_low, gap_high, head, tail.")]
    groups: Annotated[pd.DataFrame, Table(
        "One row per arm and group: setting, group, name, rank, edge, n_train, n_test, accuracy, accuracy_low, accuracy_high.")]
    allocation: Annotated[pd.DataFrame, Table(
        "One row per layer: layer, n_weights, uniform, average (bits that minimise the mean loss), worst (bits that minimise the largest "
        "group's loss), taken (of the mixed arms).")]
    sensitivity: Annotated[pd.DataFrame, Table(
        "One row per layer, bits and group: layer, bits, group, excess_loss of rounding that layer alone.")]
    curves: Annotated[pd.DataFrame, Table("One row per arm and epoch: setting, epoch, train_loss, train_accuracy.")]
