"""What one seed of the trade-off map returns."""

import math
from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.lab.experiment import Metric, Table
from core.privacy.bounds import DIFFERENCE, FRACTION


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
    points: Annotated[pd.DataFrame, Table("One row per point: experiment.point_row; the curve early_stopping is the baseline.")]
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

    @property
    def rewinding_accuracy(self) -> Annotated[float, Metric(
            "Test accuracy, rewinding", "Rewound and fine-tuned at the middle of its rates.", unit="%", bounds=FRACTION)]:
        """The middle point of its curve."""
        return self._accuracy("rewinding")

    @property
    def norm_correlation(self) -> Annotated[float, Metric(
            "Length and leakage", "Spearman correlation of length AUC and attack AUC over all points but SRCM's.", bounds=DIFFERENCE)]:
        """SRCM's points are left out: it hides the length by construction, whatever leaks."""
        return self._follows_leakage("feature_norm_auc")

    @property
    def gap_correlation_same(self) -> Annotated[float, Metric(
            "Gap and leakage, same points", "Spearman correlation of loss gap and attack AUC over the same points.", bounds=DIFFERENCE)]:
        """What the length competes with."""
        return self._follows_leakage("loss_gap")

    @property
    def auc_loss_tuned(self) -> Annotated[float, Metric(
            "Loss AUC, tuning alone", "Of a few targets, fine-tuned without rewinding.", bounds=FRACTION)]:
        """The control of rewinding few weights."""
        return self._swept("no_rewind", 0.0)

    @property
    def auc_loss_rewound_few(self) -> Annotated[float, Metric(
            "Loss AUC, 1% rewound", "Of the same targets, one weight in a hundred rewound before.", bounds=FRACTION)]:
        """The smallest share that the map tries."""
        return self._swept("tune_others", 1.0)

    def _follows_leakage(self, column: str) -> float:
        rows = self.points[(self.points["curve"] != "srcm") & self.points["feature_norm_auc"].notna()]
        return float(rows[column].rank().corr(rows["auc"].rank())) if len(rows) > 2 else math.nan

    def _swept(self, arm: str, rate: float) -> float:
        rows = self.rewind_sweep[(self.rewind_sweep["arm"] == arm) & (self.rewind_sweep["rate"] == rate)]
        return float(rows["auc_loss"].iloc[0]) if len(rows) else math.nan

    def _accuracy(self, curve: str) -> float:
        rows = self.points[(self.points["curve"] == curve) & (self.points["position"] == 1)]
        return float(rows["test_accuracy"].iloc[0]) if len(rows) else math.nan
