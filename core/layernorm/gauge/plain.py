"""The brief: that one number can say anything, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Post-LN models: there the trick does not apply.",
    "Models trained further after LayerNorm was taken out.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    low, high = (counted(run.estimate(name).value, 100) for name in ("cost_none", "cost"))
    return (f"The same function, written in another way, loses {low} or {high} of 100 right answers when LayerNorm is taken out: "
            "the number describes how it is written, not what it knows.")
