"""One defence at one strength against the stored plain models: defend, attack both alike, compare."""

from dataclasses import asdict

import pandas as pd

from core.data.sources import load
from core.lab.experiment import Context
from core.privacy.attacks import attack_by_id
from core.privacy.audited_models import draw, train, training_config
from core.privacy.defence.config import DefenceConfig
from core.privacy.defence.result import DefenceResult
from core.privacy.defences import defence_by_id
from core.privacy.defences.early_stopping import stopping_curve
from core.privacy.defences.evidence import complete
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.privacy.score_tables import roc_table
from core.privacy.scores import score_all
from core.privacy.short_audit import HEADLINE, Means, answers, attack_rows, means_of, norm_rows
from core.privacy.signals import Signals

COMPARED = ("auc", "auc_loss", "tpr_at_1_percent", "test_accuracy", "train_accuracy", "loss_gap", "feature_norm_auc",
            "feature_norm_gap")


def run(config: DefenceConfig, seed: int, context: Context) -> DefenceResult:
    """Return one seed of one defence at one strength.

    Raises:
        InputError: If the data set is too small, or the defence cannot be had with these settings.
        RunFailed: If a model diverges.
    """
    context.begin(0)
    settings, defence = config.audit_config(), defence_by_id(config.defence)
    audit = draw(load(config.dataset), settings, seed)
    context.begin(1)
    plain = train(audit, settings, seed, context)
    context.begin(2)
    training = training_config(settings)
    defended = defence.run(DefenceJob(
        audit=audit, plain=lambda: plain, training=training, config=config, strength=defence.strength_of(config.strength), seed=seed,
        context=context))
    context.begin(3)
    before, after = answers(audit, DefendedModels(plain, training), context), answers(audit, defended, context)
    pair = means_of(before, seed), means_of(after, seed)
    context.begin(4)
    evidence = complete({**defended.evidence, "feature_norms": pd.concat([norm_rows(before, "plain"), norm_rows(after, "defended")])})
    return DefenceResult(
        **compared(*pair), attacks=pd.concat([attack_rows(before, "plain"), attack_rows(after, "defended")], ignore_index=True),
        roc=pd.concat([_roc(before, "plain"), _roc(after, "defended")], ignore_index=True),
        early_stopping=stopping_curve(audit, plain), **evidence,
        classes=pd.DataFrame({"y": range(audit.n_classes), "name": audit.data.class_names}))


def compared(plain: Means, defended: Means) -> dict[str, float]:
    """Return the headline numbers: those of the defended models by name, those of the plain ones, and the differences."""
    before, after = asdict(plain), asdict(defended)
    return {
        **{name: after[name] for name in COMPARED}, **{f"{name}_plain": before[name] for name in COMPARED},
        "auc_drop": before["auc"] - after["auc"], "auc_drop_shuffled": before["auc_shuffled"] - after["auc_shuffled"],
        "auc_loss_drop": before["auc_loss"] - after["auc_loss"],
        "tpr_drop": before["tpr_at_1_percent"] - after["tpr_at_1_percent"],
        "accuracy_cost": before["test_accuracy"] - after["test_accuracy"]}


def _roc(signals: Signals, which: str) -> pd.DataFrame:
    scores = score_all(signals, attacks=(attack_by_id(HEADLINE),))
    return roc_table(signals.members, scores).assign(which=which)
