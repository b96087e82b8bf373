"""The brief: whom outputs give away, in a sentence that a lay person can repeat, and what was not tested."""

import math

from core.lab.runs import Run
from core.lab.texts import hardly_learned
from core.lab.words import counted

UNTESTED = (
    "Another training of the same recipe: it may leak more or less.",
    "An attacker who asks the model itself, or sees its weights: only answers that were written down are judged.",
    "Whether anybody could tell whose row it is.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    rate, pairs = run.estimate("tpr_at_1_percent").value, run.estimate("auc").value
    if math.isnan(rate):
        return (f"Put a row that was trained on beside one that was not: the answers alone tell which is which {counted(pairs, 100)} times "
                "in 100, where a coin is right 50 times.")
    return (f"From the answers alone an attacker names {counted(rate, 100)} of 100 rows that were trained on, at one false accusation in "
            "100; guessing would name 1.")


def caution(run: Run) -> str:
    """Return a warning where the answers are near chance: there is then little to leak, and little to learn from it."""
    slices = run.table("slices")
    return hardly_learned(run.estimate("accuracy_others").value, slices.loc[slices["kind"] == "class", "slice"].nunique(), "What they leak")
