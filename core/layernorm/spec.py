"""The LayerNorm room as a record: what it asks, takes, returns and claims. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from core.lab.experiment import Array, Experiment, Metric, Preset, Step, Table
from core.layernorm import spec_tables as tables
from core.layernorm.settings import FULL, LITE, STANDARD, LayerNormConfig, data_fingerprint, seconds_of
from core.layernorm.spec_claims import CLAIMS

FRACTION, DIFFERENCE = (0.0, 1.0), (-1.0, 1.0)
RATIO, SPREAD, EPOCHS_LATER = (0.0, 1e9), (0.0, 100.0), (-1000.0, 1000.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerNormResult:
    """What one seed returns. Shares are of the wrongly labelled training samples; NaN where a variant or a model was left out."""

    memorised_post: Annotated[float, Metric(
        "Memorised, Post-LN", "Wrong labels that the intact model gives back after the last epoch.", unit="%", bounds=FRACTION)]
    memorised_stripped_post: Annotated[float, Metric(
        "Left if stripped, Post-LN", "Wrong labels that the stripped model gives back after the last epoch.", unit="%", bounds=FRACTION)]
    memorised_drop_post: Annotated[float, Metric(
        "Memorised less, Post-LN", "Wrong labels given back, intact minus stripped, after the last epoch.", unit="pt", bounds=DIFFERENCE)]
    memorised_drop_elsewhere_post: Annotated[float, Metric(
        "Less elsewhere, Post-LN", "Wrong labels given back, intact minus displaced elsewhere, after the last epoch.", unit="pt",
        bounds=DIFFERENCE)]
    memorised_drop_matched_post: Annotated[float, Metric(
        "Less, matched, Post-LN", "Intact minus stripped when 95% of the rightly labelled samples are fitted.", unit="pt",
        bounds=DIFFERENCE)]
    memorised_drop_matched_elsewhere_post: Annotated[float, Metric(
        "Control, matched, Post-LN", "Displaced elsewhere instead, when 95% of the right labels are fitted.", unit="pt", bounds=DIFFERENCE)]
    recovered_gain_post: Annotated[float, Metric(
        "Recovered more, Post-LN", "Wrongly labelled samples given their true class, stripped minus intact.", unit="pt", bounds=DIFFERENCE)]
    recovered_gain_elsewhere_post: Annotated[float, Metric(
        "Control, regained, Post-LN", "Given their true class, displaced elsewhere minus intact.", unit="pt", bounds=DIFFERENCE)]
    learning_post: Annotated[float, Metric(
        "Test accuracy, Post-LN", "Of the intact model after the last epoch.", unit="%", bounds=FRACTION)]
    learning_change_post: Annotated[float, Metric(
        "Test change, Post-LN", "Test accuracy, stripped minus intact, after the last epoch.", unit="pt", bounds=DIFFERENCE)]
    learning_late_post: Annotated[float, Metric(
        "Test change, late, Post-LN", "Test accuracy, stripped minus intact, mean over the second half of training.", unit="pt",
        bounds=DIFFERENCE)]
    learning_late_elsewhere_post: Annotated[float, Metric(
        "Control, test, Post-LN", "Test accuracy, displaced elsewhere minus intact, second half of training.", unit="pt",
        bounds=DIFFERENCE)]
    learning_change_matched_post: Annotated[float, Metric(
        "Test, matched, Post-LN", "Stripped minus intact when 95% of the rightly labelled samples are fitted.", unit="pt",
        bounds=DIFFERENCE)]
    delay_post: Annotated[float, Metric(
        "Delay in epochs, Post-LN", "Epochs by which stripping delays giving back half of the wrong labels.", bounds=EPOCHS_LATER)]
    overfit_gap_post: Annotated[float, Metric(
        "Overfit gap, Post-LN", "Training accuracy, on the labels given, minus test accuracy, intact.", unit="pt", bounds=DIFFERENCE)]
    overfit_gap_stripped_post: Annotated[float, Metric(
        "Gap if stripped, Post-LN", "Training accuracy, on the labels given, minus test accuracy, stripped.", unit="pt", bounds=DIFFERENCE)]
    moved_scale_post: Annotated[float, Metric(
        "Scale moved, Post-LN", "Root mean square distance of the pretrained scales from 1.", bounds=SPREAD)]
    moved_bias_post: Annotated[float, Metric(
        "Bias moved, Post-LN", "Root mean square distance of the pretrained biases from 0.", bounds=SPREAD)]
    damage_post: Annotated[float, Metric(
        "Step-zero damage, Post-LN", "Test accuracy of the pretrained model lost by stripping, before fine-tuning.", unit="pt",
        bounds=DIFFERENCE)]
    damage_elsewhere_post: Annotated[float, Metric(
        "Damage elsewhere, Post-LN", "Test accuracy lost by equally large displacements of biases elsewhere.", unit="pt",
        bounds=DIFFERENCE)]
    memorised_drop_scratch_post: Annotated[float, Metric(
        "Less, scratch, Post-LN", "Intact minus stripped, both trained from random weights.", unit="pt", bounds=DIFFERENCE)]
    learning_late_scratch_post: Annotated[float, Metric(
        "Scratch, test, Post-LN", "Stripped minus intact from random weights, second half of training.", unit="pt", bounds=DIFFERENCE)]
    memorised_drop_dropout_post: Annotated[float, Metric(
        "Less, dropout, Post-LN", "Intact minus stripped, both trained with dropout.", unit="pt", bounds=DIFFERENCE)]
    learning_late_dropout_post: Annotated[float, Metric(
        "Dropout, test, Post-LN", "Stripped minus intact with dropout, second half of training.", unit="pt", bounds=DIFFERENCE)]
    memorised_drop_elr_post: Annotated[float, Metric(
        "Less by ELR, Post-LN", "Plain minus early-learning regularisation, both intact.", unit="pt", bounds=DIFFERENCE)]
    learning_change_elr_post: Annotated[float, Metric(
        "Test by ELR, Post-LN", "Early-learning regularisation minus plain training, both intact.", unit="pt", bounds=DIFFERENCE)]
    memorised_pre: Annotated[float, Metric(
        "Memorised, Pre-LN", "Wrong labels that the intact model gives back after the last epoch.", unit="%", bounds=FRACTION)]
    memorised_stripped_pre: Annotated[float, Metric(
        "Left if stripped, Pre-LN", "Wrong labels that the stripped model gives back after the last epoch.", unit="%", bounds=FRACTION)]
    memorised_drop_pre: Annotated[float, Metric(
        "Memorised less, Pre-LN", "Wrong labels given back, intact minus stripped, after the last epoch.", unit="pt", bounds=DIFFERENCE)]
    memorised_drop_elsewhere_pre: Annotated[float, Metric(
        "Less elsewhere, Pre-LN", "Wrong labels given back, intact minus displaced elsewhere, after the last epoch.", unit="pt",
        bounds=DIFFERENCE)]
    memorised_drop_matched_pre: Annotated[float, Metric(
        "Less, matched, Pre-LN", "Intact minus stripped when 95% of the rightly labelled samples are fitted.", unit="pt",
        bounds=DIFFERENCE)]
    memorised_drop_matched_elsewhere_pre: Annotated[float, Metric(
        "Control, matched, Pre-LN", "Displaced elsewhere instead, when 95% of the right labels are fitted.", unit="pt", bounds=DIFFERENCE)]
    recovered_gain_pre: Annotated[float, Metric(
        "Recovered more, Pre-LN", "Wrongly labelled samples given their true class, stripped minus intact.", unit="pt", bounds=DIFFERENCE)]
    recovered_gain_elsewhere_pre: Annotated[float, Metric(
        "Control, regained, Pre-LN", "Given their true class, displaced elsewhere minus intact.", unit="pt", bounds=DIFFERENCE)]
    learning_pre: Annotated[float, Metric("Test accuracy, Pre-LN", "Of the intact model after the last epoch.", unit="%", bounds=FRACTION)]
    learning_change_pre: Annotated[float, Metric(
        "Test change, Pre-LN", "Test accuracy, stripped minus intact, after the last epoch.", unit="pt", bounds=DIFFERENCE)]
    learning_late_pre: Annotated[float, Metric(
        "Test change, late, Pre-LN", "Test accuracy, stripped minus intact, mean over the second half of training.", unit="pt",
        bounds=DIFFERENCE)]
    learning_late_elsewhere_pre: Annotated[float, Metric(
        "Control, test, Pre-LN", "Test accuracy, displaced elsewhere minus intact, second half of training.", unit="pt", bounds=DIFFERENCE)]
    learning_late_folded_pre: Annotated[float, Metric(
        "Folded, test, Pre-LN", "Folded into the next layer and then stripped, minus intact, second half of training.", unit="pt",
        bounds=DIFFERENCE)]
    learning_change_matched_pre: Annotated[float, Metric(
        "Test, matched, Pre-LN", "Stripped minus intact when 95% of the rightly labelled samples are fitted.", unit="pt",
        bounds=DIFFERENCE)]
    delay_pre: Annotated[float, Metric(
        "Delay in epochs, Pre-LN", "Epochs by which stripping delays giving back half of the wrong labels.", bounds=EPOCHS_LATER)]
    overfit_gap_pre: Annotated[float, Metric(
        "Overfit gap, Pre-LN", "Training accuracy, on the labels given, minus test accuracy, intact.", unit="pt", bounds=DIFFERENCE)]
    overfit_gap_stripped_pre: Annotated[float, Metric(
        "Gap if stripped, Pre-LN", "Training accuracy, on the labels given, minus test accuracy, stripped.", unit="pt", bounds=DIFFERENCE)]
    moved_scale_pre: Annotated[float, Metric(
        "Scale moved, Pre-LN", "Root mean square distance of the pretrained scales from 1.", bounds=SPREAD)]
    moved_bias_pre: Annotated[float, Metric(
        "Bias moved, Pre-LN", "Root mean square distance of the pretrained biases from 0.", bounds=SPREAD)]
    damage_pre: Annotated[float, Metric(
        "Step-zero damage, Pre-LN", "Test accuracy of the pretrained model lost by stripping, before fine-tuning.", unit="pt",
        bounds=DIFFERENCE)]
    damage_elsewhere_pre: Annotated[float, Metric(
        "Damage elsewhere, Pre-LN", "Test accuracy lost by equally large displacements of biases elsewhere.", unit="pt", bounds=DIFFERENCE)]
    memorised_drop_scratch_pre: Annotated[float, Metric(
        "Less, scratch, Pre-LN", "Intact minus stripped, both trained from random weights.", unit="pt", bounds=DIFFERENCE)]
    learning_late_scratch_pre: Annotated[float, Metric(
        "Scratch, test, Pre-LN", "Stripped minus intact from random weights, second half of training.", unit="pt", bounds=DIFFERENCE)]
    memorised_drop_dropout_pre: Annotated[float, Metric(
        "Less, dropout, Pre-LN", "Intact minus stripped, both trained with dropout.", unit="pt", bounds=DIFFERENCE)]
    learning_late_dropout_pre: Annotated[float, Metric(
        "Dropout, test, Pre-LN", "Stripped minus intact with dropout, second half of training.", unit="pt", bounds=DIFFERENCE)]
    memorised_drop_elr_pre: Annotated[float, Metric(
        "Less by ELR, Pre-LN", "Plain minus early-learning regularisation, both intact.", unit="pt", bounds=DIFFERENCE)]
    learning_change_elr_pre: Annotated[float, Metric(
        "Test by ELR, Pre-LN", "Early-learning regularisation minus plain training, both intact.", unit="pt", bounds=DIFFERENCE)]
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
    epochs: Annotated[pd.DataFrame, Table(tables.EPOCHS)]
    matched: Annotated[pd.DataFrame, Table(tables.MATCHED)]
    variants: Annotated[pd.DataFrame, Table(tables.VARIANT_ROWS)]
    norms: Annotated[pd.DataFrame, Table(tables.NORMS)]
    gradients: Annotated[pd.DataFrame, Table(tables.GRADIENTS)]
    damage: Annotated[pd.DataFrame, Table(tables.DAMAGE)]
    gauge: Annotated[pd.DataFrame, Table(tables.GAUGE)]
    samples: Annotated[pd.DataFrame, Table(tables.SAMPLES)]
    predictions: Annotated[pd.DataFrame, Table(tables.PREDICTIONS)]
    pretraining: Annotated[pd.DataFrame, Table(tables.PRETRAINING)]
    models: Annotated[pd.DataFrame, Table(tables.MODELS)]
    classes: Annotated[pd.DataFrame, Table(tables.CLASSES)]
    sample_images: Annotated[np.ndarray, Array("uint8 (samples, H, W, C): image of each row of samples; (samples, 1, 1, 1) for texts")]


LAYERNORM = Experiment(
    name="layernorm",
    title="LayerNorm memorization",
    question="Does LayerNorm store the wrong labels a model learns?",
    config=LayerNormConfig,
    result=LayerNormResult,
    presets=(
        Preset("lite", "lite: about two minutes", LITE, (0,), 110.0, gallery_seeds=(0, 1, 2, 3, 4)),
        Preset("standard", "standard: real checkpoints on text", STANDARD, (0,), 1900.0, gallery_seeds=()),
        Preset("full", "full: for a GPU", FULL, (0,), 1800.0, gpu=True, gallery_seeds=()),
    ),
    steps=(
        Step("Pretrain", 24.0),
        Step("Strip before any training", 3.0),
        Step("Fine-tune every variant", 80.0),
        Step("Report", 1.0),
    ),
    run="core.layernorm.experiment:run",
    figures="core.layernorm.figures:FIGURES",
    texts="core.layernorm.texts:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=data_fingerprint,
    seconds=seconds_of,
    headline="memorised_drop_post",
)
