"""The brief: whether one training gives every depth, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Networks of the size in use, and speed on a real device.",
    "Widths: only depth is cut.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    package, separate = (counted(run.estimate(f"{name}_mean").value, 1000) for name in ("package", "separate"))
    return (f"Networks of all depths from one joint training get {package} of 1,000 new images right on average; trained one by "
            f"one they get {separate}.")
