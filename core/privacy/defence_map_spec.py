"""The trade-off map as a record: what it asks, takes, returns and claims. Imports no torch."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Self, get_type_hints

import pandas as pd

from core.lab.config import Config, Knob
from core.lab.experiment import Experiment, Metric, Preset, Step, Table
from core.lab.work import Work
from core.privacy.defence_map_claims import CLAIMS
from core.privacy.defence_variants import VARIANTS, Variant, check_variants, chosen_variants
from core.privacy.defences.network import network_after
from core.privacy.defences.settings import DefenceConfig
from core.privacy.spec import DIFFERENCE, FRACTION, data_fingerprint
from core.privacy.spec import work_of as work_of_audit

_SAME = get_type_hints(DefenceConfig, include_extras=True)  # a setting that both have is said once
SIX = "relaxloss+srcm+crl+rewinding+pptp+label_smoothing"
ACCEPTABLE_COST = 0.02


@dataclass(frozen=True, kw_only=True)
class MapConfig(Config):
    """Everything that may change the numbers of the map. Methods have their default options."""

    defences: Annotated[str, Knob(
        "Defences", "Curves to draw, joined by +; early stopping always is.", main=True, suggestions=(SIX, "relaxloss+crl"),
        labels=MappingProxyType({SIX: "Six defences", "relaxloss+crl": "RelaxLoss and CRL"}), check=check_variants)] = SIX
    dataset: _SAME["dataset"] = DefenceConfig.dataset
    model: _SAME["model"] = DefenceConfig.model
    n_reference_models: _SAME["n_reference_models"] = DefenceConfig.n_reference_models
    n_pool: _SAME["n_pool"] = DefenceConfig.n_pool
    n_population: _SAME["n_population"] = DefenceConfig.n_population
    width: _SAME["width"] = DefenceConfig.width
    epochs: _SAME["epochs"] = DefenceConfig.epochs
    batch_size: _SAME["batch_size"] = DefenceConfig.batch_size
    optimizer: _SAME["optimizer"] = DefenceConfig.optimizer
    learning_rate: _SAME["learning_rate"] = DefenceConfig.learning_rate
    schedule: _SAME["schedule"] = DefenceConfig.schedule
    weight_decay: _SAME["weight_decay"] = DefenceConfig.weight_decay
    augmentation: _SAME["augmentation"] = DefenceConfig.augmentation
    precision: _SAME["precision"] = DefenceConfig.precision
    fine_tune_epochs: _SAME["fine_tune_epochs"] = DefenceConfig.fine_tune_epochs

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together, for any point of the map."""
        for variant in chosen_variants(self.defences):
            for value in variant.values:
                self.point(variant, value)

    def following(self, changes: Mapping[str, object]) -> tuple[Self, str]:
        """See ``Config.following``: one network for all curves, which follows them unless it is chosen too."""
        if "defences" not in changes or "model" in changes:
            return super().following(changes)
        curves = [{variant.defence for variant in chosen_variants(text)} for text in (self.defences, str(changes["defences"]))]
        model, why = network_after(*curves, self.model)
        return self.replace(**{**changes, "model": model}), why

    def point(self, variant: Variant, value: float) -> DefenceConfig:
        """Return the settings of one point."""
        return self.defence(variant.defence).replace(**{**variant.settings, variant.setting: value})

    def defence(self, name: str) -> DefenceConfig:
        """Return the settings of a defence at its middle strength."""
        return DefenceConfig(
            defence=name, dataset=self.dataset, model=self.model, n_reference_models=self.n_reference_models, n_pool=self.n_pool,
            n_population=self.n_population, width=self.width, epochs=self.epochs, batch_size=self.batch_size,
            optimizer=self.optimizer, learning_rate=self.learning_rate, schedule=self.schedule, weight_decay=self.weight_decay,
            augmentation=self.augmentation, precision=self.precision, fine_tune_epochs=self.fine_tune_epochs)


@dataclass(frozen=True, kw_only=True, eq=False)
class MapResult:
    """What one seed of the map returns. Effects are NaN where the curves they need were not asked for."""

    auc_best: Annotated[float, Metric(
        "Lowest AUC per seed", "Of any defence at most 2 points below plain. Each seed picks its own, so the answer's is higher.",
        bounds=FRACTION)]
    auc_plain: Annotated[float, Metric("Attack AUC, plain", "LiRA, online, against the plain models.", bounds=FRACTION)]
    accuracy_plain: Annotated[float, Metric("Test accuracy, plain", "On images that a model was not trained on.", unit="%",
                                            bounds=FRACTION)]
    gap_correlation: Annotated[float, Metric(
        "Gap and leakage", "Spearman correlation of loss gap and loss AUC over all points of the map.", bounds=DIFFERENCE)]
    gap_correlation_shuffled: Annotated[float, Metric("Gap and leakage, shuffled", "The same AUC with membership shuffled.",
                                                      bounds=DIFFERENCE)]
    norm_auc: Annotated[float, Metric("Length AUC, plain", "Chance that a member's feature is the longer.", bounds=FRACTION)]
    norm_auc_shuffled: Annotated[float, Metric("Length AUC, shuffled", "The same with membership shuffled.", bounds=FRACTION)]
    thin_ring_norm_auc: Annotated[float, Metric("Length AUC, thin ring", "The same under a ring of thickness 1.", bounds=FRACTION)]
    thin_ring_norm_auc_shuffled: Annotated[float, Metric("Length AUC, ring, shuffled", "The same with membership shuffled.",
                                                         bounds=FRACTION)]
    srcm_drop: Annotated[float, Metric("AUC removed by SRCM", "Plain minus SRCM at its published settings.", bounds=DIFFERENCE)]
    no_ring_drop: Annotated[float, Metric("AUC removed without ring", "The same module without its ring.", bounds=DIFFERENCE)]
    crl_fall: Annotated[float, Metric("AUC fall along CRL", "Loss AUC at the weakest minus at the strongest level.",
                                      bounds=DIFFERENCE)]
    crl_fall_shuffled: Annotated[float, Metric("AUC fall, shuffled", "The same with membership shuffled.", bounds=DIFFERENCE)]
    crl_norm_fall: Annotated[float, Metric("Length gap closed by CRL", "Absolute length gap of plain minus of CRL models.")]
    crl_norm_fall_shuffled: Annotated[float, Metric("Length gap, shuffled", "The same with membership shuffled.")]
    crl_advantage: Annotated[float, Metric(
        "CRL over RelaxLoss", "Accuracy of CRL minus of RelaxLoss at equal AUC, mean along their curves.", unit="pt",
        bounds=DIFFERENCE)]
    relaxloss_itself: Annotated[float, Metric("RelaxLoss over itself", "The same between two halves of RelaxLoss's targets.",
                                              unit="pt", bounds=DIFFERENCE)]
    entanglement_conv: Annotated[float, Metric(
        "Leak and learn, conv", "Correlation of vulnerability and learnability over convolution weights.", bounds=DIFFERENCE)]
    magnitude_conv: Annotated[float, Metric("Leak and size, conv", "Correlation of vulnerability with the weight's size alone.",
                                            bounds=DIFFERENCE)]
    rewind_over_zero: Annotated[float, Metric("Rewinding over zeroing", "Accuracy after rewinding minus after zeroing 3%.",
                                              unit="pt", bounds=DIFFERENCE)]
    tuning_cost: Annotated[float, Metric("Accuracy lost by tuning", "Plain minus the same fine-tuning without rewinding.",
                                         unit="pt", bounds=DIFFERENCE)]
    rewinding_drop: Annotated[float, Metric("AUC removed by rewinding", "Plain minus rewound and fine-tuned.", bounds=DIFFERENCE)]
    tuning_drop: Annotated[float, Metric("AUC removed by tuning", "The same fine-tuning without rewinding.", bounds=DIFFERENCE)]
    region_spread: Annotated[float, Metric(
        "Spread over regions", "Largest minus smallest leakage that one region's training removes.", bounds=DIFFERENCE)]
    random_spread: Annotated[float, Metric("Spread, random weights", "The same for random sets of weights of the same sizes.",
                                           bounds=DIFFERENCE)]
    region_advantage: Annotated[float, Metric(
        "Best region over all", "Leakage removed minus accuracy lost, best region minus whole network.", bounds=(-2.0, 2.0))]
    random_advantage: Annotated[float, Metric("Best random set over all", "The same for random sets of weights of the same sizes.",
                                              bounds=(-2.0, 2.0))]
    points: Annotated[pd.DataFrame, Table("One row per point: defence_map.point_row; the curve early_stopping is the baseline.")]
    entanglement: Annotated[pd.DataFrame, Table("See core.privacy.defences.evidence.SCHEMAS.")]
    rewind_sweep: Annotated[pd.DataFrame, Table("See core.privacy.defences.evidence.SCHEMAS.")]
    region_scan: Annotated[pd.DataFrame, Table("See core.privacy.defences.evidence.SCHEMAS.")]

    @property
    def srcm_accuracy(self) -> Annotated[float, Metric("Test accuracy, SRCM", "At its published settings.", unit="%", bounds=FRACTION)]:
        """The middle point of its curve."""
        return self._accuracy("srcm")

    @property
    def crl_accuracy(self) -> Annotated[float, Metric("Test accuracy, CRL", "At the middle of its levels.", unit="%", bounds=FRACTION)]:
        """The middle point of its curve."""
        return self._accuracy("crl")

    def _accuracy(self, curve: str) -> float:
        rows = self.points[(self.points["curve"] == curve) & (self.points["position"] == 1)]
        return float(rows["test_accuracy"].iloc[0]) if len(rows) else math.nan


def map_fingerprint(config: MapConfig) -> str:
    """Return the content hash of the data, see ``spec.data_fingerprint``."""
    return data_fingerprint(config.defence("relaxloss").audit_config())


def work_of(config: MapConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    one = work_of_audit(config.defence("relaxloss").audit_config())
    points = sum(len(variant.values) for variant in chosen_variants(config.defences))
    return Work(0.65 * one.alone * (points + 3), 0.65 * one.shared * (points + 3) + 60.0)


PRIVACY_MAP = Experiment(
    name="privacy_map",
    title="Privacy trade-offs",
    question="Which defence buys most privacy for least accuracy?",
    config=MapConfig,
    result=MapResult,
    presets=(
        Preset("lite", "lite: some 20 minutes", MapConfig(), (0, 1, 2), 450.0, gallery_seeds=(0, 1, 2)),
        Preset("full", "full: every defence, for a GPU", MapConfig(
            defences="+".join(variant.id for variant in VARIANTS if variant.id != "dp_sgd"), dataset="cifar10", model="resnet18",
            width=64, n_reference_models=32, n_pool=20_000, n_population=5000, epochs=60, batch_size=256, learning_rate=0.1,
            augmentation="pad_crop_flip", fine_tune_epochs=15), (0, 1, 2), 60_000.0, gpu=True),
    ),
    steps=(
        Step("Draw the pool", 0.5),
        Step("Train the plain models", 6.0),
        Step("Defend and attack", 130.0),
        Step("Train the controls", 15.0),
        Step("Report", 1.0),
    ),
    run="core.privacy.defence_map:run",
    figures="core.privacy.defence_figures:MAP_FIGURES",
    texts="core.privacy.defence_texts:MAP_TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=map_fingerprint,
    work=work_of,
    headline="auc_best",
)
