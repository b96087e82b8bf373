"""The brief: whether the gap can be narrowed, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Repairs after the fact, for a network that cannot be trained again.",
    "Groups that are not known at training time.",
    "Larger networks, and the data of a real service.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    before, after = run.estimate("qat_gap").value, run.estimate("repaired_gap").value
    return (f"In the smallest network the best-served group has {counted(before, 100)} of 100 images more right than the worst-served; "
            f"showing rare groups more often in training leaves {counted(after, 100)}.")
