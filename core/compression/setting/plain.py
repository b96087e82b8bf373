"""The brief: who pays at one setting, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Whether it is the compression or the difficulty of small groups: the study compares with a balanced copy over more seeds.",
    "Other settings than this one.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    head, tail, extra = run.estimate("head_drop").value, run.estimate("tail_drop").value, run.estimate("did")
    said = f"At this setting large groups {lost(head)} of 100 right answers and small groups {lost(tail)}"
    if extra.low is not None and (extra.low > 0 or extra.high < 0):
        return f"{said}: small groups lose {'more' if extra.low > 0 else 'less'} than their size alone would explain."
    return f"{said}; whether small groups pay more than their share cannot be told from so little."


def lost(share: float) -> str:
    """Return what is lost, or gained, as a count out of 100."""
    return f"{'lose' if share >= 0 else 'gain'} {counted(abs(share), 100)}"
