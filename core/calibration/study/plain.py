"""The brief: whether it knows when it is wrong, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Photographs whose quality changed by itself.",
    "Networks of the size in use.",
    "Whether people who read the confidence act on it.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    sure, before = run.estimate("over_tent").value, run.estimate("over_bn").value
    return (f"When the pictures get worse and the network adapts to them, it is right in {counted(sure, 100)} of 100 cases "
            "fewer than it says; "
            f"without the adapting training it is {counted(before, 100)}.")
