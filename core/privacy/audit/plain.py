"""The brief: how many members an attacker can name, in a sentence that a lay person can repeat, and what was not tested."""

import math

from core.lab.runs import Run
from core.lab.texts import hardly_learned
from core.lab.words import counted

UNTESTED = (
    "Larger networks and other data: both leak differently.",
    "An attacker who sees the weights or asks with altered images beyond the attacks listed here.",
    "Other harms of leakage, such as rebuilding an image or guessing a missing column.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    rate = run.estimate("tpr_at_01_percent").value
    if math.isnan(rate):
        found = counted(run.estimate("tpr_at_1_percent").value, 100)
        return f"Of 100 training images the attack names {found} at one false accusation in 100; guessing would name 1."
    return f"Of 1,000 training images the attack names {counted(rate, 1000)} at one false accusation in 1,000; guessing would name 1."


def caution(run: Run) -> str:
    """Return a warning where the networks are near chance: there is then little to leak, and little to learn from it."""
    return hardly_learned(run.estimate("test_accuracy").value, len(run.results[0].classes), "What they leak")
