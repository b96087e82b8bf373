"""Every statement of the house in one table: who said it, how it is judged, and what the runs that ship say of it."""

from dataclasses import asdict
from typing import Any

from core.lab import gallery, registry, words
from core.lab.experiment import Experiment, load_object
from core.lab.runs import Run
from core.lab.summary import claim_record, verdict_record
from core.lab.untested import PLACES

COLUMNS = ("verdict", "kind", "paper", "statement", "difference", "control", "seeds", "rule", "since", "experiment", "preset",
           "run", "word")
NO_RUN = "no run yet"


def statements() -> list[dict[str, Any]]:
    """Return one record for each claim and each run that ships and judges it; a claim of which none does stands once, without a run."""
    found = []
    for experiment in registry.experiments():
        wanted = sorted(gallery.wanted(experiment), key=lambda one: one.name != experiment.shown)  # first what a visitor sees first
        runs = [(one.name, run) for one in wanted if (run := gallery.precomputed(one, whole=False)) is not None]
        found += [record for name, run in runs for record in judged(experiment, name, run)]
        if not runs:
            found += unjudged(experiment)
    return found


def unjudged(experiment: Experiment) -> list[dict[str, Any]]:
    """Return one record for each claim of an experiment of which no run ships."""
    return [{**claim_record(claim), "experiment": experiment.name, "preset": None, "run": None, "verdict": None, "reason":
             "No run of this experiment ships yet."} for claim in experiment.claims]


def judged(experiment: Experiment, name: str, run: Run) -> list[dict[str, Any]]:
    """Return one record for each claim that a run judges; headline numbers alone are enough."""
    return [{**verdict_record(verdict), "badge": verdict.title, "experiment": experiment.name, "preset": name, "run": run.request.run,
             "seeds": list(run.request.seeds), "shown_difference": words.difference(
                 verdict.difference, verdict.claim.unit, ratio=verdict.claim.ratio),
             "rule": words.margin(verdict.claim.margin, verdict.claim.expected, verdict.claim.unit, ratio=verdict.claim.ratio)}
            for verdict in run.verdicts]


def rows(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records as rows of ``COLUMNS``, for a table that a reader searches."""
    return [{"verdict": one.get("badge", NO_RUN.capitalize()), "kind": one["kind"], "paper": one["source"],
             "statement": one["statement"], "word": one["verdict"] or NO_RUN,
             "difference": one.get("shown_difference", ""), "control": one["control_words"], "seeds": len(one.get("seeds", ())),
             "rule": one.get("rule", ""), "since": one["margin_date"], "experiment": one["experiment"], "preset": one["preset"] or "",
             "run": one["run"] or ""} for one in records]


def counted(records: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the papers' claims by verdict, each once, as the run judges it that a visitor sees first."""
    first: dict[tuple[str, str], dict[str, Any]] = {}
    for one in records:
        if one["kind"] == "paper":
            first.setdefault((one["experiment"], one["id"]), one)
    found: dict[str, list[dict[str, Any]]] = {}
    for one in first.values():
        found.setdefault(one["verdict"] or NO_RUN, []).append(one)
    return found


def untested() -> list[dict[str, str]]:
    """Return the sentences of papers that have no claim, with the reason."""
    return [asdict(one) for place in PLACES for one in load_object(place)]
