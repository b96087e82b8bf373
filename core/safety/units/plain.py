"""The brief: how few units carry the refusals, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Models that people talk to: this one is small, and was taught to refuse in a short training.",
    "Requests in other words, other languages, or over several turns.",
    "Whether what it answers would help anybody: answers are judged by rule.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    before, after, random = (counted(run.estimate(f"refusal_{name}").value, 100) for name in ("aligned", "scu", "random"))
    return (f"Of 100 harmful requests the model refuses {before}; without {run.request.config.scu_percent:g}% of its units it refuses "
            f"{after}, and without as many random ones {random}.")
