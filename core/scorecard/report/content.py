"""What every form of the report says, once: the record that HTML, PDF, JSON and the model card are written from."""

import hashlib
import math
from dataclasses import dataclass
from typing import Any

from core.lab import words
from core.lab.config import canonical, to_dict
from core.lab.runs import Run
from core.scorecard import reading
from core.scorecard.card.config import ALONE
from core.scorecard.limits import PROFILES, parse
from core.scorecard.subjects import TITLES, title_of
from core.scorecard.unseen import NOT_LOOKED_AT

SCHEMA_VERSION = 1
CHECKLIST: tuple[str, ...] = (
    "The subject is the model that will be used, to the byte.",
    "The limits were fixed before the run, by people who may.",
    "Rows that are not measured were read, and their absence is accepted.",
    "Rows that are not decided were read, and their risk is accepted or more samples are asked for.",
    "The data rights of training and test data were checked elsewhere.",
    "Somebody is named who watches the model after release.",
)
EVIDENCE_FOR = (
    "Evidence for, and no statement of compliance with: Regulation (EU) 2024/1689 Article 9(8) (prior defined metrics and probabilistic "
    "thresholds), 15(3), Annex IV 2(g) (test reports dated and signed) and 3; by Regulation (EU) 2026/1744 the duties of Annex III apply "
    "from 2 December 2027 and those of Annex I from 2 August 2028. NIST AI RMF MEASURE 2.5, 2.10, 2.11, 2.12. EDPB Opinion 28/2024, "
    "paragraph 55. ISO/IEC 42001 A.6.2.7. Read in stored copies and quotations.")


@dataclass(frozen=True)
class Signature:
    """Who signs; empty fields are left open for a pen."""

    name: str = ""
    role: str = ""
    date: str = ""
    comment: str = ""


def record(run: Run, place: int = 0) -> dict[str, Any]:
    """Return a scorecard as JSON values: the twin of every other form. Nothing of the data but aggregates stands in it."""
    lines, request = reading.card(run, place), run.request
    told, when = reading.limits_told(run)
    cost, manifest = run.cost(), run.manifests[place]
    found = {
        "schema": f"glasshouse-scorecard/{SCHEMA_VERSION}", "question": request.experiment.question,
        "subject": {"id": request.config.subject if request.config.subject in TITLES else "file", "title": reading.subject_title(run),
                    "data": request.data},
        "answer": reading.answer(run, place),
        "limits": {"asked": told, "set_on": when, "chance": reading.chance_words(run),
                   "profiles": [{"id": one.id, "title": one.title, "about": one.about, "date": one.date}
                                for part in request.config.limits.split("+") if (one := PROFILES.get(part))]},
        "rows": [_row(line, request.config.limits) for line in lines],
        "trade_offs": [{"rows": rows, "sentence": sentence, "experiment": experiment}
                       for rows, sentence, experiment in reading.trade_offs(lines)],
        "not_looked_at": [{"what": what, "why": why} for what, why in NOT_LOOKED_AT], "checklist": list(CHECKLIST),
        "evidence_for": EVIDENCE_FOR,
        "provenance": {
            "run": request.run, "version": request.experiment.version, "seed": request.seeds[place], "settings": _settings(run),
            "commit": manifest["commit"], "created": manifest["created"], "device": manifest["device"], "threads": manifest["threads"],
            "versions": manifest["versions"], "grid": manifest["grid"], "energy_scope": manifest["energy_scope"],
            "cost_of_all_seeds": {name: _finite(value) for name, value in cost.items()}, "n_seeds": len(request.seeds)}}
    return found | {"sha256": digest(found)}


def digest(found: dict[str, Any]) -> str:
    """Return the hash of a record without its own: SHA-256 of its canonical JSON, keys sorted and no spaces."""
    return hashlib.sha256(canonical({name: value for name, value in found.items() if name != "sha256"}).encode()).hexdigest()


def _settings(run: Run) -> dict[str, Any]:
    """Return the settings; of a file its name alone, since a path may tell who somebody is."""
    config = run.request.config
    return {name: title_of(value) if name in ("subject", "beside") and value not in (*TITLES, ALONE) else value
            for name, value in to_dict(config).items() if name not in config.idle()}


def _row(line: reading.Line, limits: str) -> dict[str, Any]:
    lens, row = line.lens, line.row
    limit = parse(limits).get(lens.id)
    return {
        "row": lens.id, "concern": lens.concern, "question": lens.question, "label": lens.label, "number": lens.number, "unit": lens.unit,
        "better": lens.better, "value": _finite(row["value"]), "low": _finite(row["low"]), "high": _finite(row["high"]), "n": int(row["n"]),
        "counts": row["counts"], "interval": row["interval"], "sentence": row["sentence"], "worst": row["worst"], "note": row["note"],
        "needs": row["needs"], "remedy": row["remedy"], "verdict": line.verdict,
        "limit": None if limit is None else {
            "value": limit.value, "words": limit.in_words(), "reason": limit.reason, "source": limit.source},
        "bands": [{"kind": one.kind, "quality": one.quality, "low": one.low, "high": one.high, "n": one.n, "run": one.run}
                  for one in line.bands],
        "slices": [{"slice": one.slice, "kind": one.kind, "value": _finite(one.value), "low": _finite(one.low), "high": _finite(one.high),
                    "n": int(one.n)} for one in line.slices.itertuples()],
        "beside": None if line.beside is None else {name: _finite(line.beside[name]) for name in ("value", "low", "high")},
        "difference": None if line.pair is None else {
            "value": _finite(line.pair["difference"]), "low": _finite(line.pair["low"]), "high": _finite(line.pair["high"]),
            "n": int(line.pair["n"]), "interval": line.pair["interval"]},
        "evidence": lens.evidence, "repair": lens.repair, "frameworks": list(lens.frameworks)}


def _finite(value: float) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def energy_words(found: dict[str, Any]) -> str:
    """Return what computing took, in words."""
    made = found["provenance"]
    cost = made["cost_of_all_seeds"]
    return (f"{words.duration(cost['seconds'] or 0)}, {words.energy(cost['energy_kwh'])}, {words.emissions(cost['co2_kg'])} for "
            f"{words.seeds(made['n_seeds'])}; the meter covers {made['energy_scope']}, grid assumed: {made['grid']}")
