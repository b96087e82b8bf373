"""The membership audit: draw a pool, train target and references, ask them, attack, report."""

from functools import partial

import numpy as np
import pandas as pd

from core.data.sources import load
from core.lab.experiment import Context
from core.privacy.attacks import configured
from core.privacy.attacks.record import Attack
from core.privacy.audit.early_stopping import early_stopping_table
from core.privacy.audit.headline import headline
from core.privacy.audit.result import PrivacyResult
from core.privacy.audit.tables import HEADLINE_ATTACK, PrivacyTables, build_tables
from core.privacy.audited_models import AuditData, AuditedModel, draw, train, training_config
from core.privacy.clean_target import auc_on_clean_target, train_clean_target, with_clean_target, without_clean_target
from core.privacy.config import PrivacyConfig
from core.privacy.control import shuffle_membership, shuffled_control
from core.privacy.given_model import draw_given, stopping_beside, with_references
from core.privacy.queries import collect, collect_costly
from core.privacy.scores import score_all
from core.privacy.signals import Signals
from core.training.evaluate import predict_many
from core.training.given import given_network

COSTLY = ("label_only", "input_gradient_norm", "parameter_gradient_norm")


def run(config: PrivacyConfig, seed: int, context: Context) -> PrivacyResult:
    """Return one seed of the audit.

    Raises:
        InputError: If the data set is too small for the pool.
        RunFailed: If a model diverges.
    """
    context.begin(0)
    data = load(config.dataset)
    given = given_network(config.model, data, context.device)
    config = config if given is None else given.config(config)
    n_targets = None if given is None else 1  # a given network is the one target, its references are of the house
    audit = draw(data, config, seed) if given is None else draw_given(data, config, seed)
    context.begin(1)
    models = train(audit, config, seed, context) if given is None else with_references(given, audit, config, seed, context)
    clean = train_clean_target(audit, config, seed, context)
    context.begin(2)
    everything = collect(with_clean_target(audit, seed, first=n_targets or 0), [*models, clean], config, context)
    signals = without_clean_target(everything)
    costly = collect_costly(audit, models, config, seed, context, signals)
    context.begin(3)
    table = attack_table(config, seed)
    tables = attack(audit, signals, costly, table, seed, context, n_targets)
    context.begin(4)
    stopping = (early_stopping_table if given is None else stopping_beside)(
        audit, models, shuffle_membership(signals, seed=seed).members)
    by_id = {attack.id: attack for attack in table}
    return PrivacyResult(
        **headline(signals, tables.attacks, stopping, by_id, seed, n_targets),
        **accuracies(audit, models[:n_targets], config, context),
        auc_clean=auc_on_clean_target(everything, by_id[HEADLINE_ATTACK]),
        attacks=tables.attacks, operating_points=tables.operating_points, roc=tables.roc, histograms=tables.histograms,
        slices=tables.slices, samples=tables.samples, curves=curves_table(models if given is None else models[1:]), early_stopping=stopping,
        feature_norms=norm_table(signals), sample_images=audit.pool[0][tables.samples["sample"].to_numpy()],
        classes=pd.DataFrame({"y": np.arange(audit.n_classes), "name": audit.data.class_names}))


def attack(audit: AuditData, signals: Signals, costly: Signals, table: tuple[Attack, ...], seed: int,
           context: Context, n_targets: int | None = None) -> PrivacyTables:
    """Return the tables of all attacks; the costly ones, with fewer targets, below the others. Targets are the first models, or all."""
    parts = []
    for part, is_costly, share in ((signals, False, 0.0), (costly, True, 0.6)):
        chosen = tuple(attack for attack in table if (attack.id in COSTLY) == is_costly)
        report = partial(_report_part, context, share)
        scores = score_all(part, attacks=chosen, report=report)
        report(1.0, "Attacking with membership shuffled")
        control = shuffled_control(part, seed=seed, attacks=chosen, n_targets=n_targets)
        headline = HEADLINE_ATTACK if HEADLINE_ATTACK in scores else next(iter(scores))
        parts.append((scores, build_tables(part, scores, attacks=chosen, headline=headline, shuffled=control,
                                           class_names=audit.data.class_names, n_targets=n_targets)))
    (_, main), (costly_scores, extra) = parts
    stacked = {name: pd.concat([getattr(main, name), getattr(extra, name)], ignore_index=True)
               for name in ("attacks", "operating_points", "roc", "histograms", "slices")}
    return PrivacyTables(samples=_with_scores(main.samples, costly_scores), **stacked)


def attack_table(config: PrivacyConfig, seed: int) -> tuple[Attack, ...]:
    """Return the attacks with the settings of a config."""
    return configured(lira_variance=config.lira_variance, lira_counts=config.lira_counts, rmia_gamma=config.rmia_gamma, seed=seed)


def _report_part(context: Context, share: float, fraction: float, message: str) -> None:
    context.report(share + 0.4 * fraction, message)


def _with_scores(samples: pd.DataFrame, scores: dict[str, np.ndarray], target: int = 0) -> pd.DataFrame:
    """Return the table of samples with the scores and percentiles of further attacks."""
    rows = samples["sample"].to_numpy()
    added = {}
    for name, score in scores.items():
        ranked = np.searchsorted(np.sort(score[target]), score[target][rows], side="right")
        added |= {f"score_{name}": score[target][rows], f"percentile_{name}": 100.0 * ranked / score.shape[1]}
    return samples.assign(**added)


def accuracies(audit: AuditData, models: list[AuditedModel], config: PrivacyConfig, context: Context) -> dict[str, float]:
    """Return accuracy on members and on held-out test images, means over models."""
    x, y = audit.test
    logits, _ = predict_many([model.state for model in models], x, training_config(config), n_classes=audit.n_classes,
                             device=context.device, processes=context.threads)
    last = max(models[0].checkpoint_logits)
    labels = audit.pool[1]
    inside = [(model.checkpoint_logits[last].argmax(axis=1) == labels)[rows].mean()
              for model, rows in zip(models, audit.members[:len(models)], strict=True)]
    return {"train_accuracy": float(np.mean(inside)), "test_accuracy": float((logits.argmax(axis=-1) == y).mean())}


def curves_table(models: list[AuditedModel]) -> pd.DataFrame:
    """Return one row per model and epoch: model, epoch, train_loss, train_accuracy, test_loss, test_accuracy."""
    columns = ["model", "epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy"]
    return pd.concat([pd.DataFrame(model.curves).assign(model=index)[columns] for index, model in enumerate(models)],
                     ignore_index=True)


def norm_table(signals: Signals, n_bins: int = 40) -> pd.DataFrame:
    """Return the distribution of feature magnitude, all targets pooled: left, right, members, non_members (shares)."""
    values, members = signals.feature_norms, signals.members
    edges = np.linspace(0.0, float(np.quantile(values, 0.995)) or 1.0, n_bins + 1)
    clipped = np.clip(values, edges[0], edges[-1])
    shares = [np.histogram(clipped[rows], edges)[0] / rows.sum() for rows in (members, ~members)]
    return pd.DataFrame({"left": edges[:-1], "right": edges[1:], "members": shares[0], "non_members": shares[1]})
