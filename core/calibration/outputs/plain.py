"""The brief: whether these outputs know when they are wrong, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Why they are off: outputs alone do not show the model.",
    "Data that drifts on after these rows.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    sure, home = run.estimate("over_shifted").value, run.estimate("over_home").value
    return (f"Away from home the outputs are right in {counted(abs(sure), 100)} of 100 cases {'fewer' if sure > 0 else 'more'} "
            "than they say; "
            f"at home it is {counted(abs(home), 100)}.")
