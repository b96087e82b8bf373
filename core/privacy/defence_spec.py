"""One defence at one strength as a record: what it asks, takes, returns and claims. Imports no torch."""

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from core.lab.claims import PAIRED, Claim
from core.lab.experiment import Experiment, Metric, Preset, Shipped, Step, Table
from core.lab.work import Work
from core.privacy.defence_map_spec import PRIVACY_MAP
from core.privacy.defences import defence_by_id
from core.privacy.defences.network import network_for
from core.privacy.defences.settings import DefenceConfig
from core.privacy.spec import DIFFERENCE, FRACTION, data_fingerprint
from core.privacy.spec import work_of as work_of_audit

__all__ = ["PRIVACY_DEFENCE", "PRIVACY_MAP", "DefenceResult"]
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
    attacks: Annotated[pd.DataFrame, Table("One row per model set and attack: defence_audit.attack_rows.")]
    roc: Annotated[pd.DataFrame, Table("LiRA, online: report_curves.roc_table, with which models.")]
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


def defence_fingerprint(config: DefenceConfig) -> str:
    """Return the content hash of the data, see ``spec.data_fingerprint``."""
    return data_fingerprint(config.audit_config())


def work_of(config: DefenceConfig) -> Work:
    """Return what one seed amounts to when nothing is kept: plain and defended models, and what a method adds, as measured."""
    audit = work_of_audit(config.audit_config())
    return Work(1.4 * audit.alone, 1.4 * audit.shared + EXTRA_SECONDS.get(config.defence, 0.0))


EXTRA_SECONDS = {"rewinding": 20.0, "pptp": 40.0, "dp_sgd": 40.0}
SINCE = "2026-11-20"
CLAIMS = (
    Claim(
        id="less-leakage", kind="paper", statement="The defence leaks less than stopping early at the same accuracy",
        source="Every paper on such a defence claims a better trade than the obvious one; the rival is ours",
        effect="auc", effect_words="attack AUC, defended", control="auc_stopped", control_words="stopped early, equal test accuracy",
        expected="below", margin=0.01, margin_reason="less is no reason to train differently", margin_date=SINCE,
        changes=(PAIRED, ("2026-11-29", "The control is stopping early at equal accuracy; it was shuffled membership"))),
    Claim(
        id="than-plain", kind="paper", statement="The defence lowers what an adaptive attacker finds",
        source="What every paper on such a defence claims of it", effect="auc", effect_words="attack AUC, defended",
        control="auc_plain", control_words="the plain models", expected="below", margin=0.01,
        margin_reason="less is no reason to train differently", margin_date=SINCE, changes=(PAIRED,)),
)

SHIPPED_SEEDS = (0, 1, 2)
SHIPPED = tuple(
    Shipped(name, defence_by_id(name).title, DefenceConfig(defence=name, model=network_for(name, DefenceConfig.model)), SHIPPED_SEEDS)
    for name in ("srcm", "crl", "rewinding", "pptp", "dp_sgd"))

PRIVACY_DEFENCE = Experiment(
    name="privacy_defence",
    title="Privacy defence",
    question="What does one defence buy, and what does it cost?",
    config=DefenceConfig,
    result=DefenceResult,
    presets=(
        Preset("lite", "lite: about a minute", DefenceConfig(), (0,), 40.0),
        Preset("full", "full: for a GPU", DefenceConfig(
            dataset="cifar10", model="resnet18", width=64, n_reference_models=64, n_pool=20_000, n_population=5000, epochs=60,
            batch_size=256, learning_rate=0.1, augmentation="pad_crop_flip", fine_tune_epochs=15), (0,), 1800.0, gpu=True),
    ),
    steps=(
        Step("Draw the pool", 0.5),
        Step("Train the plain models", 6.0),
        Step("Defend", 8.0),
        Step("Attack", 3.0),
        Step("Report", 1.0),
    ),
    run="core.privacy.defence_experiment:run",
    figures="core.privacy.defence_figures:FIGURES",
    texts="core.privacy.defence_texts:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=defence_fingerprint,
    work=work_of,
    headline="auc",
    shipped=SHIPPED,
)
