"""One subject, every lens that it allows; rows are told as they are finished."""

import time

import pandas as pd

from core.lab.experiment import Context, load_object
from core.scorecard.card.config import ALONE, ScorecardConfig
from core.scorecard.card.result import PAIRS, ROWS, SLICES, ScorecardResult
from core.scorecard.limits import Limit, parse
from core.scorecard.material import Material
from core.scorecard.needs import lacking
from core.scorecard.open import open_subject
from core.scorecard.row import Found, Lens, Missing
from core.scorecard.side_by_side import pairs_of
from core.scorecard.table import LENSES, STEPS

NAN = float("nan")


def run(config: ScorecardConfig, seed: int, context: Context) -> ScorecardResult:
    """Return the scorecard of one seed.

    Raises:
        InputError: If the subject is missing or breaks a rule.
        RunFailed: If a network of the house diverges.
    """
    wanted = parse(config.limits)
    context.begin(0)
    subjects = [open_subject(name, config, seed, context) for name in (config.subject, config.beside) if name != ALONE]
    found = [_look(number, material, wanted, context) for number, material in enumerate(subjects)]
    context.begin(len(STEPS) - 1)
    rows = pd.DataFrame([row for part, _ in found for row in part], columns=list(ROWS))
    pairs = pairs_of(*subjects, *(said for _, said in found)) if len(subjects) == 2 else []
    first = rows[rows["subject"] == 0].set_index("row")
    counted = first["verdict"].value_counts()
    return ScorecardResult(
        measured=float(first["value"].notna().mean()), n_within=float(counted.get("within", 0)), n_beyond=float(counted.get("beyond", 0)),
        n_undecided=float(counted.get("not decided", 0)), **{lens.id: float(first.loc[lens.id, "value"]) for lens in LENSES},
        leak_shuffled=_shuffled(subjects[0]), rows=rows,
        slices=pd.DataFrame([one for number, (_, said) in enumerate(found) for one in _slices(number, said)], columns=list(SLICES)),
        pairs=pd.DataFrame(pairs, columns=list(PAIRS)))


def _look(number: int, material: Material, wanted: dict[str, Limit], context: Context) -> tuple[list[tuple], dict[str, Found | Missing]]:
    """Return the rows of one subject in the order of the table, and what each lens said; measured in the order of the steps."""
    said, seconds = {}, {}
    for step in range(1, len(STEPS) - 1):
        context.begin(step)
        mine = [lens for lens in LENSES if lens.step == step]
        for place, lens in enumerate(mine):
            context.report(place / len(mine), lens.question)
            began = time.monotonic()
            said[lens.id] = look(lens, material)
            seconds[lens.id] = time.monotonic() - began
            value = said[lens.id].value if isinstance(said[lens.id], Found) else None
            context.report((place + 1) / len(mine), lens.question, {"row": lens.id, "subject": number, "value": value})
    return [_row(number, lens, said[lens.id], wanted.get(lens.id), seconds[lens.id]) for lens in LENSES], said


def look(lens: Lens, material: Material) -> Found | Missing:
    """Return what a lens says of a subject, or what it lacks."""
    return lacking(lens.needs, material.has) or load_object(lens.measure)(material)


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


def _shuffled(material: Material) -> float:
    return load_object("core.scorecard.lenses.leakage:shuffled_share")(material) if "references" in material.has else NAN
