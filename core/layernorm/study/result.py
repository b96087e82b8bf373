"""What one seed of the study returns: its numbers, and what stands in each of its tables. Imports no torch.

The words of a number that both placements have are said once: ``MEMORISED.post`` and ``MEMORISED.pre`` describe its two fields. In tables
``placement`` is "post" or "pre", ``variant`` an id of ``variants.VARIANTS``. Shares and accuracies are fractions in [0, 1]; NaN stands for
what was not measured or never reached.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd

from core.lab.experiment import Array, Metric, Table
from core.layernorm.study import readings
from core.layernorm.study.headline import Readings, early_over
from core.layernorm.variants import PLACEMENT_TITLES, Placement

FRACTION, DIFFERENCE = (0.0, 1.0), (-1.0, 1.0)
RATIO, SPREAD, EPOCHS_LATER = (0.0, 1e9), (0.0, 100.0), (-1000.0, 1000.0)


@dataclass(frozen=True)
class Number:
    """A number that each placement has; attributes as those of ``Metric``, a difference of fractions unless said otherwise."""

    label: str
    help: str
    unit: Literal["", "%", "pt"] = "pt"
    bounds: tuple[float, float] = DIFFERENCE

    @property
    def post(self) -> Metric:
        """Its words for Post-LN."""
        return self._at("post")

    @property
    def pre(self) -> Metric:
        """Its words for Pre-LN."""
        return self._at("pre")

    def _at(self, placement: Placement) -> Metric:
        return Metric(f"{self.label}, {PLACEMENT_TITLES[placement]}", self.help, self.unit, self.bounds)


MEMORISED = Number("Memorised", "Wrong labels that the intact model gives back after the last epoch.", "%", FRACTION)
MEMORISED_STRIPPED = Number("Left if stripped", "Wrong labels that the stripped model gives back after the last epoch.", "%", FRACTION)
MEMORISED_DROP = Number("Memorised less", "Wrong labels given back, intact minus stripped, after the last epoch.")
MEMORISED_DROP_ELSEWHERE = Number(
    "Less elsewhere", "Wrong labels given back, intact minus displaced elsewhere, after the last epoch.")
MEMORISED_DROP_MATCHED = Number("Less, matched", "Intact minus stripped when 95% of the rightly labelled samples are fitted.")
MEMORISED_DROP_MATCHED_ELSEWHERE = Number(
    "Control, matched", "Displaced elsewhere instead, when 95% of the right labels are fitted.")
RECOVERED_GAIN = Number("Recovered more", "Wrongly labelled samples given their true class, stripped minus intact.")
RECOVERED_GAIN_ELSEWHERE = Number("Control, regained", "Given their true class, displaced elsewhere minus intact.")
LEARNING = Number("Test accuracy", "Of the intact model after the last epoch.", "%", FRACTION)
LEARNING_CHANGE = Number("Test change", "Test accuracy, stripped minus intact, after the last epoch.")
LEARNING_LATE = Number("Test change, late", "Test accuracy, stripped minus intact, mean over the second half of training.")
LEARNING_LATE_ELSEWHERE = Number("Control, test", "Test accuracy, displaced elsewhere minus intact, second half of training.")
LEARNING_LATE_FOLDED = Number(
    "Folded, test", "Folded into the next layer and then stripped, minus intact, second half of training.")
LEARNING_CHANGE_MATCHED = Number("Test, matched", "Stripped minus intact when 95% of the rightly labelled samples are fitted.")
DELAY = Number("Delay in epochs", "Epochs by which stripping delays giving back half of the wrong labels.", "", EPOCHS_LATER)
OVERFIT_GAP = Number("Overfit gap", "Training accuracy, on the labels given, minus test accuracy, intact.")
OVERFIT_GAP_STRIPPED = Number("Gap if stripped", "Training accuracy, on the labels given, minus test accuracy, stripped.")
MOVED_SCALE = Number("Scale moved", "Root mean square distance of the pretrained scales from 1.", "", SPREAD)
MOVED_BIAS = Number("Bias moved", "Root mean square distance of the pretrained biases from 0.", "", SPREAD)
DAMAGE = Number("Step-zero damage", "Test accuracy of the pretrained model lost by stripping, before fine-tuning.")
DAMAGE_ELSEWHERE = Number("Damage elsewhere", "Test accuracy lost by equally large displacements of biases elsewhere.")
MEMORISED_DROP_SCRATCH = Number("Less, scratch", "Intact minus stripped, both trained from random weights.")
LEARNING_LATE_SCRATCH = Number("Scratch, test", "Stripped minus intact from random weights, second half of training.")
MEMORISED_DROP_DROPOUT = Number("Less, dropout", "Intact minus stripped, both trained with dropout.")
LEARNING_LATE_DROPOUT = Number("Dropout, test", "Stripped minus intact with dropout, second half of training.")
MEMORISED_DROP_ELR = Number("Less by ELR", "Plain minus early-learning regularisation, both intact.")
MEMORISED_DROP_MATCHED_ELR = Number(
    "ELR, matched", "Plain minus early-learning regularisation when 95% of the rightly labelled samples are fitted.")
LEARNING_CHANGE_ELR = Number("Test by ELR", "Early-learning regularisation minus plain training, both intact.")

EPOCH_ROWS = (
    "One row per placement, variant and evaluated epoch: epoch, train_accuracy (labels given), clean_accuracy (rightly labelled "
    "training samples), memorised, recovered, random (of the wrongly labelled; they sum to 1), test_accuracy, overfit_gap "
    "(train_accuracy minus test_accuracy), train_loss, test_loss (mean cross-entropy; training against the labels given), "
    "valid_accuracy (on held-out samples, of which as many have a wrong label).")
MATCHED_ROWS = (
    "One row per placement, variant and level of clean_accuracy (0.90, 0.95, 0.99): level, epoch at which it is first reached "
    "(interpolated between evaluations), memorised, recovered, random, test_accuracy at that moment; NaN where never reached.")
VARIANT_ROWS = (
    "One row per placement and variant, after the last epoch: title, kind, n_changed (scales and biases set and frozen), "
    "displacement (root mean square of their change), memorised, recovered, random, train_accuracy, clean_accuracy, test_accuracy, "
    "overfit_gap, best_epoch, best_test, best_memorised, best_recovered (early stopping at the best valid_accuracy), "
    "epoch_half and epoch_most (first epoch, interpolated, with 50% and 95% memorised).")
NORM_ROWS = (
    "One row per placement, stage (pretrained, tuned: the intact model after fine-tuning) and norm: norm (name of the module), "
    "layer (from 1; 0 embedding, n + 1 final), place (1 attention, 2 feed-forward, 0 other), group (early, middle, later, other), "
    "scale_mean, scale_rms (root mean square of scale minus 1), bias_rms (NaN where a norm has no bias), n_parameters.")
GRADIENT_ROWS = (
    "One row per placement, variant (intact, all), measured epoch, norm and kind of samples: epoch, layer (from 1), place (1, 2), "
    "samples (test, noisy: against the wrong labels, clean: rightly labelled training samples), gradient (mean over samples of the "
    "Euclidean norm of the loss gradient at the norm's input, all tokens together), residual (mean norm of probabilities minus "
    "one-hot label), n, bound (mean of the theoretical upper bound without the head's factor, NaN where not computed).")
DAMAGE_ROWS = (
    "One row per placement and intervention on the pretrained model, before any fine-tuning: intervention (intact, all, scale, bias, "
    "early, middle, later, shuffled: values exchanged between features, elsewhere, elsewhere_early, elsewhere_middle, "
    "elsewhere_later: equal displacements of biases of linear layers, folded: folded into the next linear layers, then stripped), "
    "title, n_changed, displacement (root mean square), accuracy, n (test samples), head (pretrained, or probe: a linear readout "
    "fitted to the features).")
GAUGE_ROWS = (
    "One row per placement and strength: strength (spread of the logarithm of the scales), accuracy_before, accuracy_after (stripped), "
    "logit_difference (largest change of a logit by re-scaling, as a share of the logits' spread), n. Pre-LN only.")
SAMPLE_ROWS = (
    "One row per wrongly labelled sample shown, at most 24: sample (row of the training set), y_true, y_noisy, text (empty for images).")
PREDICTION_ROWS = (
    "One row per placement, variant, evaluated epoch and shown sample: epoch (0: before fine-tuning is left out), sample, "
    "y_pred, p_true, p_noisy (probabilities of the true and of the wrong label).")
PRETRAINING_ROWS = (
    "One row per placement and epoch of pretraining: epoch, train_loss, train_accuracy, test_accuracy (NaN where not measured). "
    "Empty for downloaded checkpoints.")
MODEL_ROWS = (
    "One row per placement: model (its name), title, norm (LayerNorm or RMSNorm), n_layers, width, n_norms (stripped ones), "
    "n_norm_parameters, n_parameters, start (pretrained here, downloaded), accuracy (test accuracy before fine-tuning, own head or "
    "probe), fold_difference, licence (of a downloaded model, empty otherwise).")
CLASS_ROWS = "One row per class: y, name."


def early_numbers(placement: Placement, other: str) -> tuple[property, property]:
    """Return two numbers of one placement that are computed when read: damage of early layers over others, and its control."""
    title = PLACEMENT_TITLES[placement]

    def effect(self: "LayerNormResult") -> Annotated[float, Metric(
            f"Early-{other}, {title}", f"Step-zero damage of stripping early minus {other} layers.", unit="pt", bounds=DIFFERENCE)]:
        return early_over(self.damage[self.damage["placement"] == placement], "early", other)

    def control(self: "LayerNormResult") -> Annotated[float, Metric(
            f"Elsewhere, {other}, {title}", f"Damage by equal displacements of biases in early minus in {other} layers.", unit="pt",
            bounds=DIFFERENCE)]:
        return early_over(self.damage[self.damage["placement"] == placement], "elsewhere_early", f"elsewhere_{other}")
    return property(effect), property(control)


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerNormResult:
    """What one seed returns. Shares are of the wrongly labelled training samples; NaN where a variant or a model was left out.

    Numbers that were asked for later are properties: they are read from the stored tables, so no stored result lacks them.
    """

    memorised_post: Annotated[float, MEMORISED.post]
    memorised_stripped_post: Annotated[float, MEMORISED_STRIPPED.post]
    memorised_drop_post: Annotated[float, MEMORISED_DROP.post]
    memorised_drop_elsewhere_post: Annotated[float, MEMORISED_DROP_ELSEWHERE.post]
    memorised_drop_matched_post: Annotated[float, MEMORISED_DROP_MATCHED.post]
    memorised_drop_matched_elsewhere_post: Annotated[float, MEMORISED_DROP_MATCHED_ELSEWHERE.post]
    recovered_gain_post: Annotated[float, RECOVERED_GAIN.post]
    recovered_gain_elsewhere_post: Annotated[float, RECOVERED_GAIN_ELSEWHERE.post]
    learning_post: Annotated[float, LEARNING.post]
    learning_change_post: Annotated[float, LEARNING_CHANGE.post]
    learning_late_post: Annotated[float, LEARNING_LATE.post]
    learning_late_elsewhere_post: Annotated[float, LEARNING_LATE_ELSEWHERE.post]
    learning_change_matched_post: Annotated[float, LEARNING_CHANGE_MATCHED.post]
    delay_post: Annotated[float, DELAY.post]
    overfit_gap_post: Annotated[float, OVERFIT_GAP.post]
    overfit_gap_stripped_post: Annotated[float, OVERFIT_GAP_STRIPPED.post]
    moved_scale_post: Annotated[float, MOVED_SCALE.post]
    moved_bias_post: Annotated[float, MOVED_BIAS.post]
    damage_post: Annotated[float, DAMAGE.post]
    damage_elsewhere_post: Annotated[float, DAMAGE_ELSEWHERE.post]
    memorised_drop_scratch_post: Annotated[float, MEMORISED_DROP_SCRATCH.post]
    learning_late_scratch_post: Annotated[float, LEARNING_LATE_SCRATCH.post]
    memorised_drop_dropout_post: Annotated[float, MEMORISED_DROP_DROPOUT.post]
    learning_late_dropout_post: Annotated[float, LEARNING_LATE_DROPOUT.post]
    memorised_drop_elr_post: Annotated[float, MEMORISED_DROP_ELR.post]
    learning_change_elr_post: Annotated[float, LEARNING_CHANGE_ELR.post]
    memorised_pre: Annotated[float, MEMORISED.pre]
    memorised_stripped_pre: Annotated[float, MEMORISED_STRIPPED.pre]
    memorised_drop_pre: Annotated[float, MEMORISED_DROP.pre]
    memorised_drop_elsewhere_pre: Annotated[float, MEMORISED_DROP_ELSEWHERE.pre]
    memorised_drop_matched_pre: Annotated[float, MEMORISED_DROP_MATCHED.pre]
    memorised_drop_matched_elsewhere_pre: Annotated[float, MEMORISED_DROP_MATCHED_ELSEWHERE.pre]
    recovered_gain_pre: Annotated[float, RECOVERED_GAIN.pre]
    recovered_gain_elsewhere_pre: Annotated[float, RECOVERED_GAIN_ELSEWHERE.pre]
    learning_pre: Annotated[float, LEARNING.pre]
    learning_change_pre: Annotated[float, LEARNING_CHANGE.pre]
    learning_late_pre: Annotated[float, LEARNING_LATE.pre]
    learning_late_elsewhere_pre: Annotated[float, LEARNING_LATE_ELSEWHERE.pre]
    learning_late_folded_pre: Annotated[float, LEARNING_LATE_FOLDED.pre]
    learning_change_matched_pre: Annotated[float, LEARNING_CHANGE_MATCHED.pre]
    delay_pre: Annotated[float, DELAY.pre]
    overfit_gap_pre: Annotated[float, OVERFIT_GAP.pre]
    overfit_gap_stripped_pre: Annotated[float, OVERFIT_GAP_STRIPPED.pre]
    moved_scale_pre: Annotated[float, MOVED_SCALE.pre]
    moved_bias_pre: Annotated[float, MOVED_BIAS.pre]
    damage_pre: Annotated[float, DAMAGE.pre]
    damage_elsewhere_pre: Annotated[float, DAMAGE_ELSEWHERE.pre]
    memorised_drop_scratch_pre: Annotated[float, MEMORISED_DROP_SCRATCH.pre]
    learning_late_scratch_pre: Annotated[float, LEARNING_LATE_SCRATCH.pre]
    memorised_drop_dropout_pre: Annotated[float, MEMORISED_DROP_DROPOUT.pre]
    learning_late_dropout_pre: Annotated[float, LEARNING_LATE_DROPOUT.pre]
    memorised_drop_elr_pre: Annotated[float, MEMORISED_DROP_ELR.pre]
    learning_change_elr_pre: Annotated[float, LEARNING_CHANGE_ELR.pre]
    early_over_later: Annotated[float, Metric(
        "Early over later", "Step-zero damage of stripping early minus later layers, mean over placements.", unit="pt", bounds=DIFFERENCE)]
    early_over_later_elsewhere: Annotated[float, Metric(
        "Early, elsewhere", "Damage by equal displacements of biases in early minus in later layers.", unit="pt", bounds=DIFFERENCE)]
    gradient_ratio: Annotated[float, Metric(
        "Gradient ratio, after", "Test to wrongly labelled samples, smallest over layers, once 90% are memorised.", bounds=RATIO)]
    gradient_ratio_before: Annotated[float, Metric(
        "Gradient ratio, before", "Test to wrongly labelled samples, largest over layers, at the first evaluation.", bounds=RATIO)]
    gradient_ratio_clean: Annotated[float, Metric(
        "Clean to wrong ratio", "Rightly to wrongly labelled training samples, largest over layers, once 90% are memorised.", bounds=RATIO)]
    fold_difference: Annotated[float, Metric(
        "Fold error, Pre-LN", "Largest change of a logit by folding, as a share of the logits' spread.", bounds=RATIO)]
    epochs: Annotated[pd.DataFrame, Table(EPOCH_ROWS)]
    matched: Annotated[pd.DataFrame, Table(MATCHED_ROWS)]
    variants: Annotated[pd.DataFrame, Table(VARIANT_ROWS)]
    norms: Annotated[pd.DataFrame, Table(NORM_ROWS)]
    gradients: Annotated[pd.DataFrame, Table(GRADIENT_ROWS)]
    damage: Annotated[pd.DataFrame, Table(DAMAGE_ROWS)]
    gauge: Annotated[pd.DataFrame, Table(GAUGE_ROWS)]
    samples: Annotated[pd.DataFrame, Table(SAMPLE_ROWS)]
    predictions: Annotated[pd.DataFrame, Table(PREDICTION_ROWS)]
    pretraining: Annotated[pd.DataFrame, Table(PRETRAINING_ROWS)]
    models: Annotated[pd.DataFrame, Table(MODEL_ROWS)]
    classes: Annotated[pd.DataFrame, Table(CLASS_ROWS)]
    sample_images: Annotated[np.ndarray, Array("uint8 (samples, H, W, C): image of each row of samples; (samples, 1, 1, 1) for texts")]

    @property
    def memorised_drop_matched_elr_post(self) -> Annotated[float, MEMORISED_DROP_MATCHED_ELR.post]:
        """Early-learning regularisation at equal fit: whether it prevents, or only stops the late rise."""
        return Readings("post", self.epochs, self.matched).matched_change("intact", "elr", "memorised")

    @property
    def early_over_middle(self) -> Annotated[float, Metric(
            "Early over middle", "Step-zero damage of stripping early minus middle layers, mean over placements.", unit="pt",
            bounds=DIFFERENCE)]:
        """The other half of "early layers matter most"."""
        return early_over(self.damage, "early", "middle")

    @property
    def early_over_middle_elsewhere(self) -> Annotated[float, Metric(
            "Control, early over middle", "Damage by equal displacements of biases in early minus in middle layers.", unit="pt",
            bounds=DIFFERENCE)]:
        """Its control."""
        return early_over(self.damage, "elsewhere_early", "elsewhere_middle")

    early_over_later_post, early_over_later_elsewhere_post = early_numbers("post", "later")
    early_over_later_pre, early_over_later_elsewhere_pre = early_numbers("pre", "later")
    early_over_middle_post, early_over_middle_elsewhere_post = early_numbers("post", "middle")
    early_over_middle_pre, early_over_middle_elsewhere_pre = early_numbers("pre", "middle")
    fitted_post, fitted_pre = readings.FITTED
    memorised_drop_point_post, memorised_drop_point_pre = readings.MEMORISED_DROP_POINT
    memorised_drop_point_elsewhere_post, memorised_drop_point_elsewhere_pre = readings.MEMORISED_DROP_POINT_ELSEWHERE
    memorised_drop_nearly_post, memorised_drop_nearly_pre = readings.MEMORISED_DROP_NEARLY
    recovered_gain_point_post, recovered_gain_point_pre = readings.RECOVERED_GAIN_POINT
    recovered_gain_point_elsewhere_post, recovered_gain_point_elsewhere_pre = readings.RECOVERED_GAIN_POINT_ELSEWHERE
    learning_change_point_post, learning_change_point_pre = readings.LEARNING_CHANGE_POINT
    memorised_drop_equal_post, memorised_drop_equal_pre = readings.MEMORISED_DROP_EQUAL
    memorised_drop_equal_elsewhere_post, memorised_drop_equal_elsewhere_pre = readings.MEMORISED_DROP_EQUAL_ELSEWHERE
    recovered_point_post, recovered_point_pre = readings.RECOVERED_POINT
    recovered_stopped_post, recovered_stopped_pre = readings.RECOVERED_STOPPED
