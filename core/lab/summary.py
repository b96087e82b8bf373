"""A finished run as one JSON object: the contract of ``--json`` and the manifest that the page shows."""

import math
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.lab import folders
from core.lab.claims import Claim, Verdict, tally
from core.lab.config import to_dict
from core.lab.estimate import Estimate
from core.lab.experiment import load_object, metrics_of, result_fields
from core.lab.runs import Run
from core.lab.store import home


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _estimate(estimate: Estimate, unit: str) -> dict[str, Any]:
    return {"value": _finite(estimate.value), "low": _finite(estimate.low), "high": _finite(estimate.high), "n": estimate.n,
            "unit": unit}


def table_paths(run: Run) -> dict[str, str]:
    """Return where each table over all seeds lies as parquet, without what exports leave out; written now if it does not lie there yet.

    A table that holds something back is written at every call: a file that lies there may be an older one with all of it.
    """
    folder = home() / "runs" / run.request.run / "tables" if not run.is_precomputed else home() / "tables" / run.request.run
    fields = result_fields(run.request.experiment.result)
    paths: dict[str, Path] = {name: folder / f"{name}.parquet" for name in run.tables()}
    for name, path in paths.items():
        if not path.exists() or fields[name].public is not None:
            folders.make_folder(folder)
            part = folder / f".{name}.{uuid.uuid4().hex[:8]}"  # two readers may write at once; the last rename wins, both are whole
            run.public_table(name).to_parquet(part, index=False)
            part.replace(path)
    return {name: str(path) for name, path in paths.items()}


def claim_record(claim: Claim) -> dict[str, Any]:
    """Return a claim as JSON: what is said, by whom, and by which rule it is judged."""
    return {"id": claim.id, "kind": claim.kind, "statement": claim.statement, "source": claim.source, "published": claim.published,
            "published_value": claim.published_value, "effect_words": claim.effect_words, "control_words": claim.control_words,
            "expected": claim.expected, "margin": claim.margin, "margin_reason": claim.margin_reason, "margin_date": claim.margin_date,
            "compared_as": "log ratio" if claim.ratio else "difference", "note": claim.note,
            "preconditions": [{"metric": one.metric, "at_least": one.at_least, "at_most": one.at_most, "words": one.words,
                               "remedy": one.remedy} for one in claim.preconditions],
            "changes": [{"date": date, "sentence": sentence} for date, sentence in claim.changes]}


def verdict_record(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON beside its claim; ``difference`` is effect minus control, a logarithm where they compare as a ratio."""
    claim, unit = verdict.claim, verdict.claim.unit
    return {**claim_record(claim), "verdict": verdict.verdict, "reason": verdict.reason, "effect": _estimate(verdict.effect, unit),
            "control": _estimate(verdict.control, unit), "difference": _estimate(verdict.difference, "pt" if unit == "%" else unit),
            "p": verdict.p, "survives_holm": verdict.survives}


def summary(run: Run, *, cached: bool) -> dict[str, Any]:
    """Return the object that ``--json`` prints; fractions stay fractions, the unit says how a page shows them."""
    request, units = run.request, {name: metric.unit for name, metric in metrics_of(run.request.experiment.result).items()}
    judged = {"limits": load_object(request.experiment.limits)(run)} if request.experiment.limits else {}
    return {
        "run": request.run, "experiment": request.experiment.name, "preset": request.preset, "config": to_dict(request.config),
        "seeds": list(request.seeds), "cached": cached,
        "metrics": {name: _estimate(estimate, units[name]) for name, estimate in run.estimates().items()},
        "claims": [verdict_record(verdict) for verdict in run.verdicts], "tally": tally(run.verdicts),
        "tables": table_paths(run), "cost": {name: _finite(value) for name, value in run.cost().items()},
        "version": request.experiment.version, "changes": [asdict(change) for change in request.experiment.changes],
        "device": run.manifests[0]["device"], "versions": run.manifests[0]["versions"], "data": request.data,
        "commit": run.manifests[0]["commit"], "grid": run.manifests[0]["grid"], "created": run.manifests[-1]["created"], **judged}
