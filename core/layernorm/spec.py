"""The LayerNorm room as a record: what it asks, takes, returns and claims. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from core.lab.experiment import Array, Experiment, Metric, Preset, Step, Table
from core.layernorm import spec_numbers as numbers
from core.layernorm import spec_tables as tables
from core.layernorm.headline import Readings, early_over
from core.layernorm.plan import PLACEMENT_TITLES, Placement
from core.layernorm.settings import FULL, LITE, STANDARD, LayerNormConfig, data_fingerprint, seconds_of
from core.layernorm.spec_claims import CLAIMS
from core.layernorm.spec_numbers import DIFFERENCE, RATIO


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

    memorised_post: Annotated[float, numbers.MEMORISED.post]
    memorised_stripped_post: Annotated[float, numbers.MEMORISED_STRIPPED.post]
    memorised_drop_post: Annotated[float, numbers.MEMORISED_DROP.post]
    memorised_drop_elsewhere_post: Annotated[float, numbers.MEMORISED_DROP_ELSEWHERE.post]
    memorised_drop_matched_post: Annotated[float, numbers.MEMORISED_DROP_MATCHED.post]
    memorised_drop_matched_elsewhere_post: Annotated[float, numbers.MEMORISED_DROP_MATCHED_ELSEWHERE.post]
    recovered_gain_post: Annotated[float, numbers.RECOVERED_GAIN.post]
    recovered_gain_elsewhere_post: Annotated[float, numbers.RECOVERED_GAIN_ELSEWHERE.post]
    learning_post: Annotated[float, numbers.LEARNING.post]
    learning_change_post: Annotated[float, numbers.LEARNING_CHANGE.post]
    learning_late_post: Annotated[float, numbers.LEARNING_LATE.post]
    learning_late_elsewhere_post: Annotated[float, numbers.LEARNING_LATE_ELSEWHERE.post]
    learning_change_matched_post: Annotated[float, numbers.LEARNING_CHANGE_MATCHED.post]
    delay_post: Annotated[float, numbers.DELAY.post]
    overfit_gap_post: Annotated[float, numbers.OVERFIT_GAP.post]
    overfit_gap_stripped_post: Annotated[float, numbers.OVERFIT_GAP_STRIPPED.post]
    moved_scale_post: Annotated[float, numbers.MOVED_SCALE.post]
    moved_bias_post: Annotated[float, numbers.MOVED_BIAS.post]
    damage_post: Annotated[float, numbers.DAMAGE.post]
    damage_elsewhere_post: Annotated[float, numbers.DAMAGE_ELSEWHERE.post]
    memorised_drop_scratch_post: Annotated[float, numbers.MEMORISED_DROP_SCRATCH.post]
    learning_late_scratch_post: Annotated[float, numbers.LEARNING_LATE_SCRATCH.post]
    memorised_drop_dropout_post: Annotated[float, numbers.MEMORISED_DROP_DROPOUT.post]
    learning_late_dropout_post: Annotated[float, numbers.LEARNING_LATE_DROPOUT.post]
    memorised_drop_elr_post: Annotated[float, numbers.MEMORISED_DROP_ELR.post]
    learning_change_elr_post: Annotated[float, numbers.LEARNING_CHANGE_ELR.post]
    memorised_pre: Annotated[float, numbers.MEMORISED.pre]
    memorised_stripped_pre: Annotated[float, numbers.MEMORISED_STRIPPED.pre]
    memorised_drop_pre: Annotated[float, numbers.MEMORISED_DROP.pre]
    memorised_drop_elsewhere_pre: Annotated[float, numbers.MEMORISED_DROP_ELSEWHERE.pre]
    memorised_drop_matched_pre: Annotated[float, numbers.MEMORISED_DROP_MATCHED.pre]
    memorised_drop_matched_elsewhere_pre: Annotated[float, numbers.MEMORISED_DROP_MATCHED_ELSEWHERE.pre]
    recovered_gain_pre: Annotated[float, numbers.RECOVERED_GAIN.pre]
    recovered_gain_elsewhere_pre: Annotated[float, numbers.RECOVERED_GAIN_ELSEWHERE.pre]
    learning_pre: Annotated[float, numbers.LEARNING.pre]
    learning_change_pre: Annotated[float, numbers.LEARNING_CHANGE.pre]
    learning_late_pre: Annotated[float, numbers.LEARNING_LATE.pre]
    learning_late_elsewhere_pre: Annotated[float, numbers.LEARNING_LATE_ELSEWHERE.pre]
    learning_late_folded_pre: Annotated[float, numbers.LEARNING_LATE_FOLDED.pre]
    learning_change_matched_pre: Annotated[float, numbers.LEARNING_CHANGE_MATCHED.pre]
    delay_pre: Annotated[float, numbers.DELAY.pre]
    overfit_gap_pre: Annotated[float, numbers.OVERFIT_GAP.pre]
    overfit_gap_stripped_pre: Annotated[float, numbers.OVERFIT_GAP_STRIPPED.pre]
    moved_scale_pre: Annotated[float, numbers.MOVED_SCALE.pre]
    moved_bias_pre: Annotated[float, numbers.MOVED_BIAS.pre]
    damage_pre: Annotated[float, numbers.DAMAGE.pre]
    damage_elsewhere_pre: Annotated[float, numbers.DAMAGE_ELSEWHERE.pre]
    memorised_drop_scratch_pre: Annotated[float, numbers.MEMORISED_DROP_SCRATCH.pre]
    learning_late_scratch_pre: Annotated[float, numbers.LEARNING_LATE_SCRATCH.pre]
    memorised_drop_dropout_pre: Annotated[float, numbers.MEMORISED_DROP_DROPOUT.pre]
    learning_late_dropout_pre: Annotated[float, numbers.LEARNING_LATE_DROPOUT.pre]
    memorised_drop_elr_pre: Annotated[float, numbers.MEMORISED_DROP_ELR.pre]
    learning_change_elr_pre: Annotated[float, numbers.LEARNING_CHANGE_ELR.pre]
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

    @property
    def memorised_drop_matched_elr_post(self) -> Annotated[float, numbers.MEMORISED_DROP_MATCHED_ELR.post]:
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


LAYERNORM = Experiment(
    name="layernorm",
    title="LayerNorm memorization",
    question="Does LayerNorm store the wrong labels a model learns?",
    config=LayerNormConfig,
    result=LayerNormResult,
    presets=(
        Preset("lite", "lite: about two minutes", LITE, (0,), 110.0, gallery_seeds=(0, 1, 2, 3, 4)),
        Preset("standard", "standard: 7 minutes", STANDARD, (0,), 430.0),
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
