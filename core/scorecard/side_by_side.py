"""Two subjects on the same samples: second minus first, row by row, with paired intervals where the samples are the same."""

import numpy as np

from core.lab.errors import InputError
from core.lab.seeds import generator
from core.measures import calibration
from core.measures.paired import paired_interval
from core.scorecard.material import Labelled, Material
from core.scorecard.row import Found, Missing
from core.scorecard.table import LENSES

DRAWS = 300
ANSWERS = {"refused": "refused_by", "false_refusals": "ordinary_by"}
OUTCOME = tuple[float, float, float, int, str]  # difference, low, high, n, how the interval was made


def pairs_of(first: Material, second: Material, said: dict[str, Found | Missing], beside: dict[str, Found | Missing]) -> list[tuple]:
    """Return a row for each lens that both subjects allow: row, difference, low, high, n, interval.

    Raises:
        InputError: If both are outputs whose rows are not the same.
    """
    _check(first, second)
    found = []
    for lens in LENSES:
        one, other = said[lens.id], beside[lens.id]
        if isinstance(one, Found) and isinstance(other, Found):
            found.append((lens.id, *_pair(lens.id, first, second, one, other)))
    return found


def _check(first: Material, second: Material) -> None:
    if first.speaker and second.speaker:
        if first.speaker.sets.evaluation_refused != second.speaker.sets.evaluation_refused:
            raise InputError("two language models side by side must be asked the same prompts, got other ones: choose two of one kind.")
        return
    if first.home is None or second.home is None or not np.array_equal(first.home.y, second.home.y):
        raise InputError("two subjects side by side must answer the same rows in the same order, got other labels: bring both for the "
                         "same test set.")


def _pair(row: str, first: Material, second: Material, one: Found, other: Found) -> OUTCOME:
    if row == "worst_group":
        return _same_group(first.everything, second.everything, one)
    if row in ANSWERS:
        return _same_prompts(first, second, row)
    sides = {"sure_home": (first.home, second.home), "sure_shifted": (first.shifted, second.shifted)}
    if row in sides and np.array_equal(sides[row][0].y, sides[row][1].y):
        return _same_rows(*sides[row], one, other, row)
    half = np.hypot(*(max(found.high - found.value, found.value - found.low) for found in (one, other)))
    difference = other.value - one.value
    return difference, difference - half, difference + half, min(one.n, other.n), "as if drawn apart, which is wider than paired, 95%"


def _same_group(before: Labelled, after: Labelled, one: Found) -> OUTCOME:
    """Return the change of accuracy of the group that the first serves worst, on the same rows."""
    mine = before.group == before.group_names.index(one.worst)
    right = after.right[mine], before.right[mine]
    low, high = paired_interval(*right)
    return float(right[0].mean() - right[1].mean()), low, high, int(mine.sum()), f"the same rows of {one.worst}, paired, 95%"


def _same_prompts(first: Material, second: Material, row: str) -> OUTCOME:
    """Return the change of refusals on the same prompts, which either lens remembers."""
    flags = [getattr(material.memory["behaviour"], ANSWERS[row])["prefix"] for material in (second, first)]
    low, high = paired_interval(*flags)
    return float(flags[0].mean() - flags[1].mean()), low, high, len(flags[0]), "the same prompts, paired, 95%"


def _same_rows(before: Labelled, after: Labelled, one: Found, other: Found, row: str) -> OUTCOME:
    """Return the change of the calibration error with an interval from rows that are redrawn for both at once."""
    rng, difference = generator(0, "scorecard", "side by side", row), other.value - one.value
    tops = [calibration.top(calibration.softmax(side.logits), side.y) for side in (before, after)]
    draws = []
    for rows in rng.integers(len(before.y), size=(DRAWS, len(before.y))):
        errors = [calibration.ece(sure[rows], right[rows]) for sure, right in tops]
        draws.append(errors[1] - errors[0])
    low, high = np.quantile(np.array(draws) - np.mean(draws), [0.025, 0.975])
    return difference, difference + float(low), difference + float(high), one.n, "the same rows, redrawn for both at once, 95%"
