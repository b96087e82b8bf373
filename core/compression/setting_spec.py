"""One setting of compression, answered in seconds: what the experiment asks, takes, returns and claims. Imports no torch."""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated, Literal

import pandas as pd

from core.compression.claims import PRUNE
from core.compression.result import DIFFERENCE, FRACTION, TWICE
from core.compression.spec import data_fingerprint
from core.compression.study import BATCH_NORM, DATA, FULL, IMBALANCE, ROUNDING, StudyConfig, training_seconds
from core.lab.claims import PAIRED, Claim
from core.lab.config import Knob
from core.lab.errors import InputError
from core.lab.experiment import Experiment, Metric, Preset, Step, Table

METHODS = MappingProxyType({"round": "Round", "round_train": "Round and train", "prune": "Prune", "prune_train": "Prune and retrain"})


@dataclass(frozen=True, kw_only=True)
class SettingConfig(StudyConfig):
    """Everything that may change the numbers of one setting."""

    dataset: Annotated[str, replace(DATA, main=False)] = "fashion-mnist"
    imbalance: Annotated[float, replace(IMBALANCE, main=False)] = 20.0
    n_train: Annotated[int, Knob(
        "Training images", "In each copy: the long-tailed one and the balanced one.", low=200, high=200_000, unit="images")] = 3000
    epochs: Annotated[int, Knob("Epochs", "Passes over the training images before compression.", low=1, high=400)] = 10
    qat_bits: Annotated[int, Knob("Weight bits", "Where weights are rounded.", low=2, high=16, main=True)] = 3
    qat_activation_bits: Annotated[int, Knob("Activation bits", "Where layer inputs are rounded.", low=2, high=16)] = 8
    prune_percent: Annotated[float, Knob("Weights removed", "Where weights are pruned.", low=0.0, high=95.0, unit="%", main=True)] = 90.0
    method: Annotated[Literal["round", "round_train", "prune", "prune_train"], Knob(
        "Made smaller by", "Rounding or pruning, as it stands or with further training.", main=True, labels=METHODS)] = "prune"
    part: Annotated[Literal["both", "weights", "activations"], Knob(
        "What is rounded", "Weights, layer inputs, or both.",
        labels=MappingProxyType({"both": "Weights and activations", "weights": "Weights", "activations": "Activations"}))] = "both"
    batch_norm: Annotated[Literal["reestimated", "kept"], BATCH_NORM] = "reestimated"
    rounding: Annotated[Literal["nearest", "calibrated"], ROUNDING] = "nearest"
    balanced: Annotated[bool, Knob("Balanced sampling", "Further training draws every group equally often.")] = False
    weighted: Annotated[bool, Knob("Weighted loss", "Further training weights losses inversely to group size.")] = False

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        super().check()
        if (self.balanced or self.weighted) and not self.is_trained:
            raise InputError(f"balanced sampling and weighted losses need further training, got method={self.method}: "
                             "choose round_train or prune_train.")

    @property
    def is_trained(self) -> bool:
        """Whether the small network is trained further."""
        return self.method.endswith("_train")

    @property
    def is_rounded(self) -> bool:
        """Whether the network is rounded rather than pruned."""
        return self.method.startswith("round")


@dataclass(frozen=True, kw_only=True, eq=False)
class SettingResult:
    """One seed of one setting; tables as in ``core.compression.result``, with the settings ``float`` and ``this``."""

    did: Annotated[float, Metric(
        "Extra tail loss", "Tail's loss of accuracy minus head's, minus the same where all groups are equally large.", "pt", TWICE)]
    tail_drop: Annotated[float, Metric("Tail's loss", "Accuracy that the smallest groups lose.", "pt", DIFFERENCE)]
    head_drop: Annotated[float, Metric("Head's loss", "Accuracy that the largest groups lose.", "pt", DIFFERENCE)]
    placebo: Annotated[float, Metric("Balanced copy", "Tail's loss minus head's where sizes are equal.", "pt", DIFFERENCE)]
    size_effect: Annotated[float, Metric(
        "Effect of size", "Loss at the smallest size against the largest, from all groups and their balanced copy.", "pt", TWICE)]
    float_accuracy: Annotated[float, Metric("Accuracy, float", "Of the untouched network, mean over groups.", "%", FRACTION)]
    accuracy: Annotated[float, Metric("Accuracy, small", "Of the small network, mean over groups.", "%", FRACTION)]
    gap_added: Annotated[float, Metric("Gap added", "Best minus worst group accuracy, after minus before.", "pt", DIFFERENCE)]
    size_left: Annotated[float, Metric("Size left", "Bytes of the small network as a share of the float one.", "%", (0.0, 2.0))]
    settings: Annotated[pd.DataFrame, Table("One row per copy and setting, see CompressionResult.settings.")]
    groups: Annotated[pd.DataFrame, Table("One row per copy and group, see CompressionResult.groups; curvature is not measured.")]
    chain: Annotated[pd.DataFrame, Table("One row per copy, setting and group, see CompressionResult.chain.")]
    layers: Annotated[pd.DataFrame, Table("One row per layer, see CompressionResult.layers.")]
    classes: Annotated[pd.DataFrame, Table("One row per class: y, name.")]


CLAIMS = (
    Claim(
        id="tail", kind="paper", statement="At this setting small groups lose more than large ones", source=f"{PRUNE}, section 1",
        effect="did", effect_words="extra tail loss", control_words="the balanced copy, subtracted already", expected="above",
        margin_date="2026-11-20", unit="pt", resolution=0.001, changes=(
            PAIRED, ("2026-11-29", "The balanced copy, part of the effect, is not also a gate"))),
)


def setting_seconds(config: SettingConfig) -> float:
    """Return the rough time of one seed on two CPU cores, from measured rates, where the float networks are not stored yet."""
    epochs = config.epochs + (1.6 * config.retrain_epochs if config.is_trained else 0.0)
    return 3.0 + training_seconds(config, 2 * config.n_train * epochs)


COMPRESSION_SETTING = Experiment(
    name="compression_setting",
    title="Compression, one setting",
    question="Who pays at this one setting?",
    config=SettingConfig,
    result=SettingResult,
    presets=(
        Preset("lite", "lite: some seconds", SettingConfig(), (0,), 11.0, gallery_seeds=(0, 1, 2)),
        Preset("full", "full: for a GPU", SettingConfig(
            **FULL, method="prune_train", prune_percent=95.0), (0,), 300.0, gpu=True, gallery_seeds=()),
    ),
    steps=(
        Step("Draw the groups", 0.3),
        Step("Train both copies", 8.0),
        Step("Make them smaller", 2.0),
        Step("Judge the groups", 1.5),
    ),
    run="core.compression.setting_experiment:run",
    figures="core.compression.setting_figures:FIGURES",
    texts="core.compression.setting_texts:TEXTS",
    claims=CLAIMS,
    version=2,
    fingerprint=data_fingerprint,
    seconds=setting_seconds,
    headline="did",
)
