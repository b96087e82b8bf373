"""Rewinding at several rates, on a few targets: what every arm costs and what it buys, beside fine-tuning without rewinding."""

from collections.abc import Callable, Sequence

import pandas as pd

from core.privacy.audited_models import AuditedModel
from core.privacy.defences.evidence import evidence_table
from core.privacy.defences.record import DefenceJob
from core.privacy.defences.target_figures import target_figures

RATES = (1.0, 3.0, 10.0)
ARMS = ("zero", "tune_critical", "tune_others")


def rewind_sweep(job: DefenceJob, tune: Callable[[str, float], Sequence[AuditedModel]]) -> pd.DataFrame:
    """Return one row per arm and rate; the arm without rewinding has rate 0.

    Args:
        job: Of the targets alone.
        tune: Takes arm and rate (per cent); returns one model per target.
    """
    rows = []
    settings = [("no_rewind", 0.0), *((arm, rate) for arm in ARMS for rate in RATES)]
    for arm, rate in settings:
        figures = target_figures(job.audit, tune(arm, rate), job.training, job.context)
        rows.append({"arm": arm, "rate": rate, **{name: float(values.mean()) for name, values in figures.items()}})
    return evidence_table("rewind_sweep", {column: [row[column] for row in rows] for column in rows[0]})
