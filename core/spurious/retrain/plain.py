"""The brief: what leaving images out does, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Other shares and rules: the study has them.",
    "Cues that nobody planted.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    before, after, random = (counted(run.estimate(name).value, 100) for name in ("reliance_before", "reliance", "reliance_random"))
    return (f"Without these training images {after} of 100 marked images are misread instead of {before}; without as many random images "
            f"it is {random}.")
