"""The trade-off map: every curve over its knob against early stopping, all on the same plain models, and what the papers claim."""

from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from core.data.sources import load
from core.lab.experiment import Context
from core.measures.roc import auc_many
from core.privacy.attacks import attack_by_id
from core.privacy.audited_models import AuditData, AuditedModel, draw, train, training_config
from core.privacy.control import shuffle_membership
from core.privacy.defence.config import DefenceConfig
from core.privacy.defences import defence_by_id
from core.privacy.defences.early_stopping import stopping_curve
from core.privacy.defences.evidence import complete
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.privacy.defences.rewinding import first_models, rewind_and_tune
from core.privacy.map.config import MapConfig
from core.privacy.map.curves import BASELINE, chosen_curves
from core.privacy.map.headline import Controls, MapPoint, headline
from core.privacy.map.result import MapResult
from core.privacy.short_audit import HEADLINE, answers, means_of

PLAIN = "plain"
Jobs = Callable[[DefenceConfig, Context, bool], DefenceJob]


def run(config: MapConfig, seed: int, context: Context) -> MapResult:
    """Return one seed of the map.

    Raises:
        InputError: If the data set is too small, or a defence cannot be had with these settings.
        RunFailed: If a model diverges.
    """
    context.begin(0)
    settings = config.defence("relaxloss").audit_config()
    audit, training = draw(load(config.dataset), settings, seed), training_config(settings)
    context.begin(1)
    plain = train(audit, settings, seed, context)

    def job_of(point: DefenceConfig, inner: Context, with_evidence: bool) -> DefenceJob:
        strength = defence_by_id(point.defence).strength_of(point.strength)
        return DefenceJob(audit=audit, plain=lambda: plain, training=training, config=point, strength=strength, seed=seed,
                          context=inner, with_evidence=with_evidence)

    context.begin(2)
    points = [_measured(PLAIN, 0.0, audit, DefendedModels(plain, training), seed, context)]
    evidence: dict[str, pd.DataFrame] = {}
    for point, tables in _defended_points(config, audit, job_of, seed, context):
        points.append(point)
        evidence |= tables
    context.begin(3)
    controls = _controls(config, audit, job_of, seed, context)
    context.begin(4)
    tables = complete({name: table for name, table in evidence.items() if name in ("entanglement", "rewind_sweep", "region_scan")})
    rows = [*(point_row(point) for point in points), *_baseline_rows(audit, plain)]
    return MapResult(
        **headline(points, controls, tables), points=pd.DataFrame(rows), entanglement=tables["entanglement"],
        rewind_sweep=tables["rewind_sweep"], region_scan=tables["region_scan"])


def point_row(point: MapPoint) -> dict[str, object]:
    """Return one row of the table of points.

    Columns: curve (id), strength (0 for the plain models), position (from weak, 0, to strong; -1 for plain), auc, auc_loss,
    tpr_at_1_percent, test_accuracy, train_accuracy, loss_gap, feature_norm_auc.
    """
    figures = asdict(point.means)
    kept = ("auc", "auc_loss", "tpr_at_1_percent", "test_accuracy", "train_accuracy", "loss_gap", "feature_norm_auc")
    return {"curve": point.curve, "strength": point.strength, "position": point.position, **{name: figures[name] for name in kept}}


def _defended_points(config: MapConfig, audit: AuditData, job_of: Jobs, seed: int, context: Context):
    """Yield every point of every curve and the tables that show how its method works."""
    curves = chosen_curves(config.defences)
    todo = [(curve, position) for curve in curves for position in range(len(curve.values))]
    for done, (curve, position) in enumerate(todo):
        inner = _part(context, done / len(todo), 1.0 / len(todo), curve.title)
        point = config.point(curve, curve.values[position])
        with_evidence = position == 1 and curve.id in ("rewinding", "pptp")
        defended = defence_by_id(point.defence).run(job_of(point, inner, with_evidence))
        measured = _measured(curve.id, curve.values[position], audit, defended, seed, inner, position)
        yield measured, dict(defended.evidence) if with_evidence else {}


def _measured(curve: str, strength: float, audit: AuditData, defended: DefendedModels, seed: int, context: Context,
              position: int = -1) -> MapPoint:
    signals = answers(audit, defended, context)
    scores = attack_by_id(HEADLINE).score(signals)
    correct = np.array([np.mean(right, where=~members) for right, members in zip(signals.correct, signals.members, strict=True)])
    return MapPoint(curve, strength, position, means_of(signals, seed), auc_many(scores, signals.members), correct)


def _controls(config: MapConfig, audit: AuditData, job_of: Jobs, seed: int, context: Context) -> Controls:
    """Return what a sceptic asks for: the module without its ring, a thin ring, and fine-tuning without rewinding."""
    curves = {curve.id for curve in chosen_curves(config.defences)}
    no_ring = thin = tuned = None
    if "srcm" in curves:
        base = config.defence("srcm")
        job = job_of(base.replace(srcm_ring="none"), _part(context, 0.0, 0.5, "without ring"), False)
        no_ring = means_of(answers(audit, defence_by_id("srcm").run(job), context), seed)
        few = first_models(job_of(base.replace(srcm_thickness=1.0), _part(context, 0.5, 0.2, "thin ring"), False))
        thin = _means_of_few(few, defence_by_id("srcm").run(few))
    if "rewinding" in curves:
        job = job_of(config.defence("rewinding"), _part(context, 0.7, 0.3, "fine-tuning alone"), False)
        models = rewind_and_tune(job, arm="no_rewind", rate=0.0, scores=_never)
        tuned = means_of(answers(audit, DefendedModels(models, job.training), context), seed)
    return Controls(no_ring, thin, tuned)


def _means_of_few(few: DefenceJob, defended: DefendedModels) -> tuple[float, float]:
    """Return the AUC of feature length over a few targets, true and with shuffled membership; no references are needed."""
    signals = answers(few.audit, defended, few.context)
    shuffled = shuffle_membership(signals, seed=few.seed)
    return (float(auc_many(signals.feature_norms, signals.members).mean()),
            float(auc_many(signals.feature_norms, shuffled.members).mean()))


def _never():
    raise AssertionError("fine-tuning alone needs no scores")


def _part(context: Context, start: float, share: float, what: str) -> Context:
    """Return the context of one part of a step: its fraction is a share of the step's."""

    def report(fraction: float, message: str, curve: dict | None = None) -> None:
        context.report(start + share * fraction, f"{what}: {message}", curve)

    return replace(context, report=report)


def _baseline_rows(audit: AuditData, plain: list[AuditedModel]) -> list[dict[str, object]]:
    """Return early stopping as a curve, from outputs that the plain models left behind: one row per kept epoch."""
    table = stopping_curve(audit, plain)
    wide = table.pivot(index="epoch", columns="attack", values="auc")
    rows = []
    epochs = sorted(table["epoch"].unique(), reverse=True)
    for position, epoch in enumerate(epochs):
        mine = table[(table["epoch"] == epoch) & (table["attack"] == HEADLINE)].iloc[0]
        rows.append({"curve": BASELINE, "strength": float(epoch), "position": position, "auc": wide.loc[epoch, HEADLINE],
                     "auc_loss": wide.loc[epoch, "loss"], "tpr_at_1_percent": mine["tpr_1pct"], "test_accuracy": mine["test_accuracy"],
                     "train_accuracy": mine["train_accuracy"], "loss_gap": np.nan, "feature_norm_auc": np.nan})
    return rows
