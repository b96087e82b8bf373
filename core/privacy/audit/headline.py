"""The headline numbers of one seed of the audit, from its tables and its attacks."""

import pandas as pd

from core.privacy.attacks.record import Attack
from core.privacy.audit.early_stopping import gap_correlation
from core.privacy.audit.tables import HEADLINE_ATTACK
from core.privacy.control import auc_when_shuffled
from core.privacy.signals import Signals


def headline(signals: Signals, attacks: pd.DataFrame, stopping: pd.DataFrame, by_id: dict[str, Attack],
             seed: int, n_targets: int | None = None) -> dict[str, float]:
    """Return the headline numbers that come from the attacks, by metric name; targets are the first ``n_targets`` models, or all."""
    of = attacks.set_index("attack")
    best, loss = of.loc[HEADLINE_ATTACK], of.loc["loss"]
    last = stopping[stopping["epoch"] == stopping["epoch"].max()]
    last = last if n_targets is None else last[last["target"] < n_targets]
    shuffled = {name: auc_when_shuffled(signals, by_id[name], seed=seed, n_targets=n_targets)
                for name in (HEADLINE_ATTACK, "loss", "feature_norm")}
    return {
        "auc": float(best["auc"]), "auc_loss": float(loss["auc"]), "auc_gain": float(best["auc"] - loss["auc"]),
        "tpr_at_1_percent": float(best["tpr_1pct"]), "tpr_at_01_percent": float(best["tpr_01pct"]),
        "accuracy_gap": float(last["accuracy_gap"].mean()), "loss_gap": float(last["loss_gap"].mean()),
        "gap_correlation": gap_correlation(stopping, "auc"),
        "gap_correlation_shuffled": gap_correlation(stopping, "auc_shuffled"),
        "feature_norm_auc": float(of.loc["feature_norm", "auc"]), "feature_norm_auc_shuffled": shuffled["feature_norm"],
        "auc_shuffled": shuffled[HEADLINE_ATTACK], "auc_gain_shuffled": shuffled[HEADLINE_ATTACK] - shuffled["loss"]}
