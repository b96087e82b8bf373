"""Every statement of the house in one table: who said it, how it is judged, and what the runs that ship say of it."""

from typing import Any

from core.lab import gallery, registry, words
from core.lab.experiment import Experiment
from core.lab.runs import Run
from core.lab.summary import claim_record, verdict_record

COLUMNS = ("kind", "paper", "statement", "verdict", "difference", "control", "seeds", "rule", "since", "experiment", "preset", "run")


def statements() -> list[dict[str, Any]]:
    """Return one record for each claim and each run that ships and judges it; a claim of which none does stands once, without a run."""
    found = []
    for experiment in registry.experiments():
        runs = [(one.name, run) for one in gallery.wanted(experiment) if (run := gallery.precomputed(one)) is not None]
        found += [record for name, run in runs for record in _judged(experiment, name, run)]
        if not runs:
            found += [{**claim_record(claim), "experiment": experiment.name, "preset": None, "run": None, "verdict": None, "reason":
                       "No run of this experiment ships yet."} for claim in experiment.claims]
    return found


def _judged(experiment: Experiment, name: str, run: Run) -> list[dict[str, Any]]:
    return [{**verdict_record(verdict), "experiment": experiment.name, "preset": name, "run": run.request.run,
             "seeds": list(run.request.seeds), "shown_difference": words.difference(
                 verdict.difference, verdict.claim.unit, ratio=verdict.claim.ratio),
             "rule": words.margin(verdict.claim.margin, verdict.claim.expected, verdict.claim.unit, ratio=verdict.claim.ratio)}
            for verdict in run.verdicts]


def rows(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records as rows of ``COLUMNS``, for a table that a reader searches."""
    return [{"kind": one["kind"], "paper": one["source"], "statement": one["statement"], "verdict": one["verdict"] or "no run yet",
             "difference": one.get("shown_difference", ""), "control": one["control_words"], "seeds": len(one.get("seeds", ())),
             "rule": one.get("rule", ""), "since": one["margin_date"], "experiment": one["experiment"], "preset": one["preset"] or "",
             "run": one["run"] or ""} for one in records]
