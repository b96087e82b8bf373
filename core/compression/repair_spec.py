"""Repairs of compressed networks as a record: what the experiment asks, takes, returns and claims. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

import pandas as pd

from core.compression.bits import SIGN_BITS
from core.compression.claims import PRUNE, QUANTISE
from core.compression.result import DIFFERENCE, FRACTION, TWICE
from core.compression.spec import data_fingerprint
from core.compression.study import FULL, StudyConfig, training_seconds
from core.lab.claims import PAIRED, Claim, Precondition
from core.lab.config import Knob
from core.lab.errors import InputError
from core.lab.experiment import Experiment, Metric, Preset, Step, Table


@dataclass(frozen=True, kw_only=True)
class RepairConfig(StudyConfig):
    """Everything that may change the numbers of a study of repairs."""

    size_budget: Annotated[float, Knob(
        "Mixed precision budget", "Bytes that bits by layer may take, as a share of what the same bits everywhere take.", low=5.0,
        high=800.0, unit="%")] = 100.0
    objective: Annotated[Literal["worst", "average"], Knob(
        "Bits are given to", "The layers that matter most to the worst group, or to all groups on average.",
        labels=MappingProxyType({"worst": "Help the worst group", "average": "Help all on average"}))] = "worst"
    penalty: Annotated[Literal["one_sided", "absolute"], Knob(
        "Penalty", "Pull down groups that lose more, or hold all groups at the common loss, as published.",
        labels=MappingProxyType({"one_sided": "Only worse groups", "absolute": "Every group"}))] = "one_sided"
    penalty_step: Annotated[float, Knob(
        "Penalty step", "How fast the weight of a group's loss grows while it lies above the common loss.", low=1e-4, high=1.0)] = 0.05

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        super().check()
        if self.mean_bits < SIGN_BITS:
            raise InputError(f"size_budget must leave each weight {SIGN_BITS} bit, {100.0 * SIGN_BITS / self.qat_bits:g}% of "
                             f"{self.qat_bits} bits, got {self.size_budget:g}%: raise it.")

    @property
    def mean_bits(self) -> float:
        """Bits that a weight may take on average in the mixed arms."""
        return self.size_budget / 100.0 * self.qat_bits


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


SINCE = "2026-11-20"
WIDE = Precondition(
    metric="qat_gap", at_least=0.1, words="the rounded network has a gap of ten points to repair",
    remedy="take fewer bits, a longer tail or fewer images")


def _narrows(id: str, statement: str, source: str, effect: str, rival: str) -> Claim:
    """Return the claim that something narrows the gap; the arm without it, at the same size and after equal training, is subtracted."""
    return Claim(
        id=id, kind="paper", statement=statement, source=source, effect=effect, effect_words="change of the gap",
        control_words=f"{rival}, subtracted already", expected="below", margin_date=SINCE, unit="pt", resolution=0.001,
        preconditions=(WIDE,), changes=(PAIRED, ("2026-11-29", "Further training without compression is no rival here, and no gate")))


CLAIMS = (
    _narrows("sampling", "Balanced sampling narrows the gap at the same size", QUANTISE, "repair_qat", "plain training at the same bits"),
    _narrows("weights", "A weighted loss narrows the gap at the same size", QUANTISE, "repair_weighted", "plain training at the same bits"),
    Claim(
        id="beyond", kind="question", statement="Balanced sampling repairs more than the imbalance itself",
        source="Control of this study: the same sampling in float", effect="repair_qat", effect_words="change of the gap, rounded",
        control="repair_float", control_words="the same sampling in float", expected="below", margin_date=SINCE, unit="pt",
        resolution=0.001, preconditions=(WIDE,), changes=(PAIRED,)),
    _narrows("mixed", "Mixed precision narrows the gap at the same size", QUANTISE, "repair_mixed", "the same bits everywhere"),
    _narrows("all", "Mixed precision, sampling and weights together narrow it", QUANTISE, "repair_all", "none of them, in as many bytes"),
    _narrows("constraint", "Holding group losses narrows the gap after pruning", f"{PRUNE}, section 5", "repair_prune",
             "plain retraining"),
    _narrows("after", "Holding them after pruning beats holding them before", f"{PRUNE}, section 5", "after_before",
             "holding them before"),
)


def repair_seconds(config: RepairConfig) -> float:
    """Return the rough time of one seed on two CPU cores, from measured rates."""
    return 10.0 + training_seconds(config, config.n_train * (2 * config.epochs + 22 * config.retrain_epochs))


COMPRESSION_REPAIR = Experiment(
    name="compression_repair",
    title="Compression repairs",
    question="What repairs the disparity at the same size?",
    config=RepairConfig,
    result=RepairResult,
    presets=(
        Preset("lite", "lite: about a minute", RepairConfig(), (0,), 70.0, gallery_seeds=(0, 1, 2)),
        Preset("full", "full: for a GPU", RepairConfig(**FULL), (0,), 1500.0, gpu=True, gallery_seeds=()),
    ),
    steps=(
        Step("Draw the groups", 0.5),
        Step("Train the network", 18.0),
        Step("Weigh every layer", 3.0),
        Step("Train the repairs", 40.0),
        Step("Judge the groups", 5.0),
        Step("Report", 0.5),
    ),
    run="core.compression.repair_experiment:run",
    figures="core.compression.repair_figures:FIGURES",
    texts="core.compression.repair_texts:TEXTS",
    claims=CLAIMS,
    version=2,
    fingerprint=data_fingerprint,
    seconds=repair_seconds,
    headline="repair_qat",
)
