"""The brief: who pays at one setting, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Whether it is the compression or the difficulty of small groups: the study compares with a balanced copy over more seeds.",
    "Other settings than this one.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    head, tail = run.estimate("head_drop").value, run.estimate("tail_drop").value
    return f"At this setting large groups lose {counted(head, 100)} of 100 right answers and small groups {counted(tail, 100)}."
