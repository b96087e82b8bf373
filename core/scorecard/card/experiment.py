"""One subject, or two, every lens that they allow; rows are told as they are finished."""

import time
from typing import Any

import pandas as pd

from core.lab.experiment import Context, load_object
from core.scorecard import kept
from core.scorecard.card.config import ALONE, ScorecardConfig
from core.scorecard.card.data import data_fingerprint
from core.scorecard.card.result import PAIRS, ROWS, SLICES, ScorecardResult
from core.scorecard.limits import Limit, parse
from core.scorecard.material import Material
from core.scorecard.needs import NEEDS, lacking
from core.scorecard.open import open_subject
from core.scorecard.row import Found, Lens, Missing
from core.scorecard.side_by_side import pairs_of
from core.scorecard.subjects import family_of
from core.scorecard.table import LENSES, STEPS

NAN = float("nan")


def run(config: ScorecardConfig, seed: int, context: Context) -> ScorecardResult:
    """Return the scorecard of one seed.

    Raises:
        InputError: If the subject is missing or breaks a rule.
        RunFailed: If a network of the house diverges.
    """
    context.begin(0)
    identity = kept.identity_of(config, seed, data_fingerprint(config), context.device)
    findings = kept.find(context, identity)
    if findings is None:
        findings = examine(config, seed, context)
        kept.keep(context, identity, findings)
    context.begin(len(STEPS) - 1)
    return report(findings, parse(config.limits))


def examine(config: ScorecardConfig, seed: int, context: Context) -> dict[str, Any]:
    """Return what every lens says of the subjects, how long it took, what their differences are, and what chance finds."""
    subjects = [open_subject(name, config, seed, context) for name in (config.subject, config.beside) if name != ALONE]
    looked = [_look(number, material, context) for number, material in enumerate(subjects)]
    said, seconds = [found for found, _ in looked], [took for _, took in looked]
    shuffled = NAN
    if "references" in subjects[0].has:
        shuffled = load_object("core.scorecard.lenses.leakage:shuffled_share")(subjects[0])
    return {"said": said, "family": family_of(config.subject), "seconds": seconds, "shuffled": shuffled,
            "pairs": pairs_of(*subjects, *said) if len(subjects) == 2 else []}


def report(findings: dict[str, Any], wanted: dict[str, Limit]) -> ScorecardResult:
    """Return the result: findings beside the limits that were asked."""
    said = findings["said"]
    rows = pd.DataFrame([_row(number, lens, found[lens.id], wanted.get(lens.id), findings["seconds"][number][lens.id])
                         for number, found in enumerate(said) for lens in LENSES], columns=list(ROWS))
    first, family = rows[rows["subject"] == 0].set_index("row"), findings["family"]
    own = [lens.id for lens in LENSES if lens.family == family]
    counted = first["verdict"].value_counts()
    return ScorecardResult(
        measured=float(first.loc[own, "value"].notna().mean()), n_within=float(counted.get("within", 0)),
        n_beyond=float(counted.get("beyond", 0)), n_undecided=float(counted.get("not decided", 0)),
        **{lens.id: float(first.loc[lens.id, "value"]) for lens in LENSES if lens.family == "classifier"},
        leak_shuffled=findings["shuffled"], rows=rows,
        slices=pd.DataFrame([one for number, found in enumerate(said) for one in _slices(number, found)], columns=list(SLICES)),
        pairs=pd.DataFrame(findings["pairs"], columns=list(PAIRS)))


def _look(number: int, material: Material, context: Context) -> tuple[dict[str, Found | Missing], dict[str, float]]:
    """Return what each lens says of a subject, and the seconds it took; in the order of the steps."""
    said = {lens.id: NEEDS[lens.family] for lens in LENSES if lens.family not in material.has}
    seconds = dict.fromkeys(said, 0.0)
    for step in range(1, len(STEPS) - 1):
        context.begin(step)
        mine = sorted((lens for lens in LENSES if lens.step == step and lens.family in material.has), key=lambda lens: lens.turn)
        for place, lens in enumerate(mine):
            context.report(place / len(mine), lens.question)
            began = time.monotonic()
            found = said[lens.id] = look(lens, material)
            seconds[lens.id] = time.monotonic() - began
            context.report((place + 1) / len(mine), lens.question, _told(number, lens, found))
    return said, seconds


def _told(number: int, lens: Lens, found: Found | Missing) -> dict[str, Any]:
    """Return a finished row as an event: the page shows it before the others are there."""
    if isinstance(found, Missing):
        return {"row": lens.id, "subject": number, "needs": found.needs}
    return {"row": lens.id, "subject": number, "value": found.value, "low": found.low, "high": found.high, "counts": found.counts}


def look(lens: Lens, material: Material) -> Found | Missing:
    """Return what a lens says of a subject, or what it lacks."""
    return lacking((lens.family, *lens.needs), material.has) or load_object(lens.measure)(material)


def _row(number: int, lens: Lens, said: Found | Missing, limit: Limit | None, seconds: float) -> tuple:
    if isinstance(said, Missing):
        values = (NAN, NAN, NAN, 0, "", "", "", "", "", said.needs, said.remedy)
        verdict = "not measured"
    else:
        values = (said.value, said.low, said.high, said.n, said.counts, said.sentence, said.interval, said.worst, said.note, "", "")
        verdict = "no limit" if limit is None else limit.judge(said.value, said.low, said.high)
    asked = (NAN, "", "", "") if limit is None else (limit.value, limit.in_words(), limit.reason, limit.source)
    return (number, lens.id, *values, *asked, verdict, round(seconds, 3))


def _slices(number: int, said: dict[str, Found | Missing]) -> list[tuple]:
    return [(number, row, one.name, one.kind, one.value, one.low, one.high, one.n)
            for row, found in said.items() if isinstance(found, Found) for one in found.slices]
