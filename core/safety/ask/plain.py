"""The brief: what one removal does to refusals, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "More than the few requests kept for this test: the study has more.",
    "Your prompt in other words: one question is an anecdote.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    before, after, random = (counted(run.estimate(f"refused_{name}").value, 100) for name in ("before", "after", "random"))
    return (f"Of 100 requests kept for the test {before} are refused, {after} once the chosen units are out, and {random} when as many "
            "random ones are.")
