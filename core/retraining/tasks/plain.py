"""The brief: whether reuse pays for a new task, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Tasks far from the ones at hand.",
    "Models that take days to retrain.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    right, probe, random = (counted(run.estimate(f"right_{name}").value, 100) for name in ("task", "probe", "random"))
    return (f"In {right} of 100 cases the index names the network that learns a new task cheapest; fitting one layer on top does so in "
            f"{probe}, and picking at random in {random}.")
