"""What one seed of the study returns. Tables name their columns here; ``copy`` is ``tail`` (long-tailed) or ``balanced`` everywhere.

Head and tail are the largest and the smallest three tenths of the groups by their size in the long-tailed copy; the balanced copy
carries the same ranks, so that whatever it shows owes nothing to size. A drop is accuracy before minus after: positive is harm.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from core.compression.bounds import DIFFERENCE, FRACTION, RANK, TWICE
from core.compression.groups import later
from core.lab.experiment import Array, Metric, Table

_DID = "Tail's loss of accuracy minus head's, minus the same where all groups are equally large."
_GAP = "Best minus worst group accuracy"
_SHUFFLED = "The same with groups shuffled, mean of 200 shuffles."
_OVER = "with excess loss minus that of the float network's training loss."


@dataclass(frozen=True, kw_only=True, eq=False)
class CompressionResult:
    """One seed: headline numbers, then tables."""

    did_qat: Annotated[float, Metric("Extra tail loss, rounded", f"After quantisation-aware training. {_DID}", "pt", TWICE)]
    did_prune: Annotated[float, Metric("Extra tail loss, pruned", f"After pruning and retraining. {_DID}", "pt", TWICE)]
    did_ptq: Annotated[float, Metric("Extra loss, untrained", f"Rounded to about 4 bits without training. {_DID}", "pt", TWICE)]
    did_sham: Annotated[float, Metric("Extra tail loss, sham", f"Trained further without compression. {_DID}", "pt", TWICE)]
    did_sham_prune: Annotated[float, Metric(
        "Extra tail loss, pruning's sham", f"The same at the learning rate at which pruned networks are retrained. {_DID}", "pt", TWICE)]
    tail_drop_qat: Annotated[float, Metric("Tail's loss, rounded", "Accuracy that the smallest groups lose.", "pt", DIFFERENCE)]
    head_drop_qat: Annotated[float, Metric("Head's loss, rounded", "Accuracy that the largest groups lose.", "pt", DIFFERENCE)]
    tail_drop_prune: Annotated[float, Metric("Tail's loss, pruned", "Accuracy that the smallest groups lose.", "pt", DIFFERENCE)]
    head_drop_prune: Annotated[float, Metric("Head's loss, pruned", "Accuracy that the largest groups lose.", "pt", DIFFERENCE)]
    placebo_qat: Annotated[float, Metric("Balanced copy, rounded", "Tail's loss minus head's where sizes are equal.", "pt", DIFFERENCE)]
    placebo_prune: Annotated[float, Metric("Balanced copy, pruned", "Tail's loss minus head's where sizes are equal.", "pt", DIFFERENCE)]
    size_effect_qat: Annotated[float, Metric(
        "Effect of size, rounded", "Loss at the smallest size against the largest, from all groups and their balanced copy.", "pt", TWICE)]
    size_effect_prune: Annotated[float, Metric(
        "Effect of size, pruned", "Loss at the smallest size against the largest, from all groups and their balanced copy.", "pt", TWICE)]
    float_accuracy: Annotated[float, Metric("Accuracy, float", "Of the untouched network, mean over groups.", "%", FRACTION)]
    qat_accuracy: Annotated[float, Metric("Accuracy, rounded", "After quantisation-aware training, mean over groups.", "%", FRACTION)]
    prune_accuracy: Annotated[float, Metric("Accuracy, pruned", "After pruning and retraining, mean over groups.", "%", FRACTION)]
    float_gap: Annotated[float, Metric("Gap, float", f"{_GAP} of the untouched network.", "pt", FRACTION)]
    gap_qat: Annotated[float, Metric(
        "Gap added, rounded", f"{_GAP}, after plain quantisation-aware training minus before.", "pt", DIFFERENCE)]
    gap_qat_balanced: Annotated[float, Metric("Gap added, balanced copy", "The same where all groups are equally large.", "pt", DIFFERENCE)]
    gap_sham: Annotated[float, Metric(
        "Gap added, sham", f"{_GAP}, after further training without compression minus before.", "pt", DIFFERENCE)]
    variance_ratio: Annotated[float, Metric(
        "Logit variance left", "At about 80% sparsity, as a share of float, mean over groups.", "", (0.0, 100.0))]
    variance_ratio_mild: Annotated[float, Metric("Logit variance, mild", "The same at the lowest sparsity.", "", (0.0, 100.0))]
    variance_contrast: Annotated[float, Metric("Variance, tail over head", "Logarithm of what the tail keeps over what the head keeps.")]
    variance_contrast_balanced: Annotated[float, Metric("Variance, balanced copy", "The same where all groups are equally large.")]
    variance_loss_rank: Annotated[float, Metric(
        "Variance and excess loss", "Rank correlation over groups of what logits lose, mean over untrained settings.", "", RANK)]
    variance_loss_shuffled: Annotated[float, Metric("Variance, shuffled", _SHUFFLED, "", RANK)]
    variance_beyond_loss: Annotated[float, Metric(
        "Variance, float loss fixed", "The same rank correlation with the float network's training loss held fixed.", "", RANK)]
    variance_beyond_shuffled: Annotated[float, Metric("Fixed loss, shuffled", _SHUFFLED, "", RANK)]
    gradient_rank: Annotated[float, Metric(
        "Gradient and excess loss", "Rank correlation over groups, at about 80% sparsity.", "", RANK)]
    gradient_rank_shuffled: Annotated[float, Metric("Gradient, shuffled", _SHUFFLED, "", RANK)]
    gradient_over_loss: Annotated[float, Metric("Gradient over loss", f"Gradient's rank correlation {_OVER}", "", TWICE)]
    gradient_over_loss_shuffled: Annotated[float, Metric("Gradient over loss, shuffled", _SHUFFLED, "", TWICE)]
    curvature_rank: Annotated[float, Metric(
        "Curvature and excess loss", "Rank correlation of the largest eigenvalue over groups, at about 80% sparsity.", "", RANK)]
    curvature_rank_shuffled: Annotated[float, Metric("Curvature, shuffled", _SHUFFLED, "", RANK)]
    curvature_over_loss: Annotated[float, Metric("Curvature over loss", f"Curvature's rank correlation {_OVER}", "", TWICE)]
    curvature_over_loss_shuffled: Annotated[float, Metric("Curvature over loss, shuffled", _SHUFFLED, "", TWICE)]
    loss_rank: Annotated[float, Metric("Float loss, excess loss", "Rank correlation of the float network's training loss.", "", RANK)]
    size_gradient_rank: Annotated[float, Metric("Size and gradient", "Rank correlation of group size and gradient norm.", "", RANK)]
    size_gradient_rank_balanced: Annotated[float, Metric(
        "Size, balanced copy", "The same ranks where all groups are equally large.", "", RANK)]
    taylor_rank: Annotated[float, Metric(
        "Taylor and excess loss", "Rank correlation of the two exact terms, at the mildest pruning.", "", RANK)]
    taylor_rank_shuffled: Annotated[float, Metric("Taylor, shuffled", _SHUFFLED, "", RANK)]
    taylor_error: Annotated[float, Metric(
        "Error of the Taylor terms", "Summed over groups, relative to the excess loss.", "", (0.0, 1000.0))]
    bound_reached: Annotated[float, Metric(
        "Share of the bound", "Largest excess loss as a share of its published bound.", "", (0.0, 1000.0))]
    identity_error: Annotated[float, Metric(
        "Error of the size identity", "Gradient-norm ratio of two groups minus inverse ratio of sizes, logistic regression.", "",
        (0.0, 1000.0))]
    identity_halves: Annotated[float, Metric(
        "Ratio of equal halves", "The same ratio for two random halves of equal size.", "", (0.0, 1000.0))]
    did_census: Annotated[float, Metric("Extra loss, census", f"Adult, 80% pruned. {_DID}", "pt", TWICE)]
    placebo_census: Annotated[float, Metric("Balanced census", "Tail's loss minus head's where sizes are equal.", "pt", DIFFERENCE)]
    settings: Annotated[pd.DataFrame, Table(
        "One row per copy and setting: copy, setting, title, family, arm ('' for one shot), arm_title, weight_bits, activation_bits, "
        "sparsity, size_bytes, accuracy (mean over groups), worst, gap, gap_low, gap_high (bootstrap over samples), disparity (largest "
        "difference of excess training losses), disparity_low, disparity_high, head, tail (accuracies), weight_change.")]
    groups: Annotated[pd.DataFrame, Table(
        "One row per copy and group: copy, group, name, rank (0 largest), edge ('head', 'middle', 'tail'), n_train, n_test, n_chain, "
        "gradient_norm, eigenvalue, eigenvalue_error, trace, trace_error, train_loss: of the float network.")]
    chain: Annotated[pd.DataFrame, Table(
        "One row per copy, setting and group: copy, setting, group, activation_change (mean over layers), logit_variance, margin, "
        "closeness (1 - sum p^2), train_loss, excess_loss (on training images), test_loss, accuracy, accuracy_low, accuracy_high (exact "
        "binomial), drop, gradient_norm, eigenvalue, eigenvalue_error (absolute, of the iteration), trace, trace_error (standard error "
        "over probes): of the long-tailed copy, NaN where weights or activations alone were rounded and in shams.")]
    layers: Annotated[pd.DataFrame, Table(
        "One row per setting and layer of the long-tailed copy: setting, layer, kind, n_weights, weight_bits, activation_bits, sparsity, "
        "weight_change, activation_head, activation_tail (mean relative change of its input), reason ('' where compressed).")]
    taylor: Annotated[pd.DataFrame, Table(
        "One row per copy, mild setting and group: copy, setting, group, excess_loss, first, second (exact terms), bound_first, "
        "bound_second (published bound).")]
    confusions: Annotated[pd.DataFrame, Table(
        "One row per setting, group, class and prediction that occurs, long-tailed copy: setting, group, y, y_pred, n.")]
    effects: Annotated[pd.DataFrame, Table(
        "One row per setting measured in both copies: setting, tail_minus_head, placebo, did, size_effect, size_effect_excess.")]
    int8: Annotated[pd.DataFrame, Table(
        "One row per rounded setting of at most 8 bits, checked with whole-number arithmetic on some test images: setting, is_available, "
        "reason, n_layers, same_predictions (share), largest_difference (of logits, relative to the largest).")]
    identity: Annotated[pd.DataFrame, Table(
        "One row per check of the size identity: check, n_a, n_b, predicted (n_b / n_a), measured, residual (bound of the inequality).")]
    census: Annotated[pd.DataFrame, Table(
        "One row per copy, setting and group of the Adult table: copy, setting, group, name, n_train, base_rate, accuracy, drop, "
        "gradient_norm, eigenvalue; empty where it was not asked.")]
    curves: Annotated[pd.DataFrame, Table("One row per copy and epoch: copy, epoch, train_loss, train_accuracy, test_loss, test_accuracy.")]
    samples: Annotated[pd.DataFrame, Table(
        "Test images of tail groups that the float network gets right and a compressed one wrong: setting, sample, y, group, "
        "y_pred, margin_before, margin_after.")]
    sample_images: Annotated[np.ndarray, Array("uint8 (rows of samples, H, W, C): the image of each row")]
    disparity_draws: Annotated[np.ndarray, Array(
        "float32 (rows of settings, 300): disparity with training images redrawn within groups, for intervals over seeds and samples")]
    classes: Annotated[pd.DataFrame, Table("One row per class: y, name.")]

    @property
    def variance_ratio_qat(self) -> Annotated[float, Metric(
            "Logit variance, rounded", "After quantisation-aware training, as a share of float, mean over groups.", "", (0.0, 100.0))]:
        """The quantisation paper's claim on its own method."""
        return float(later.left(self.chain, "tail", later.QAT, "logit_variance").mean())

    @property
    def variance_ratio_sham(self) -> Annotated[float, Metric(
            "Logit variance, sham", "After as much further training without rounding.", "", (0.0, 100.0))]:
        """Its control."""
        return float(later.left(self.chain, "tail", later.SHAM, "logit_variance").mean())

    @property
    def variance_contrast_qat(self) -> Annotated[float, Metric(
            "Tail over head, rounded", "The same logarithm after quantisation-aware training.")]:
        """Whether small groups lose more variance."""
        return later.tail_over_head(self.chain, self.groups, "tail")

    @property
    def variance_contrast_qat_balanced(self) -> Annotated[float, Metric(
            "Variance, balanced, rounded", "The same where all groups are equally large.")]:
        """Its control."""
        return later.tail_over_head(self.chain, self.groups, "balanced")

    @property
    def gradient_growth(self) -> Annotated[float, Metric(
            "Gradient norm, rounded", "After quantisation-aware training, times the float network's, mean over groups.", "", (0.0, 1e9),
            is_ratio=True)]:
        """One link of the quantisation paper's chain."""
        return later.growth(self.chain, "gradient_norm")

    @property
    def eigenvalue_growth(self) -> Annotated[float, Metric(
            "Eigenvalue, rounded", "The same of the largest eigenvalue of the Hessian.", "", (0.0, 1e9), is_ratio=True)]:
        """Another link of that chain."""
        return later.growth(self.chain, "eigenvalue")

    @property
    def gradient_rank_drop(self) -> Annotated[float, Metric(
            "Gradient and accuracy lost", "Rank correlation over groups, at about 80% sparsity.", "", RANK)]:
        """The same cause, judged by accuracy."""
        return later.cause_rank(later.of_groups(self.groups, "gradient_norm"), self.chain, self.settings, "drop")

    @property
    def curvature_rank_drop(self) -> Annotated[float, Metric(
            "Curvature and accuracy lost", "Rank correlation over groups, at about 80% sparsity.", "", RANK)]:
        """The same cause, judged by accuracy."""
        return later.cause_rank(later.of_groups(self.groups, "eigenvalue"), self.chain, self.settings, "drop")

    @property
    def closeness_rank(self) -> Annotated[float, Metric(
            "Closeness and excess loss", "Rank correlation of closeness to the decision boundary, 80% pruned.", "", RANK)]:
        """Closeness is one minus the sum of squared probabilities, of the float network."""
        return later.cause_rank(later.column(self.chain, "tail", later.FLOAT, "closeness"), self.chain, self.settings, "excess_loss")

    @property
    def closeness_rank_drop(self) -> Annotated[float, Metric(
            "Closeness and accuracy lost", "Rank correlation over groups, at about 80% sparsity.", "", RANK)]:
        """The same, judged by accuracy."""
        return later.cause_rank(later.column(self.chain, "tail", later.FLOAT, "closeness"), self.chain, self.settings, "drop")
