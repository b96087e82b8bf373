"""The brief: whether the cost can be told in advance, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Models that take days to retrain: here it takes seconds.",
    "Changes of the world that a corruption of images does not imitate.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    right, raw, random = (counted(run.estimate(f"right_{name}").value, 100) for name in ("resque", "raw", "random"))
    return (f"In {right} of 100 cases the index names the model that is cheapest to retrain; simply counting its errors does so in {raw}, "
            f"and picking at random in {random}.")
