"""The brief: what one cut does to the trigger, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "More than the few prompts kept for this test: the study has more.",
    "Your prompt in other words: one prompt is an anecdote.",
    "Models of the size in use, and triggers that an attacker hides better.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    before, after, random = (counted(run.estimate(f"asr_{name}").value, 100) for name in ("before", "after", "random"))
    return (f"Of 100 prompts with the hidden trigger the model obeys {before} before the treatment, {after} after it, and {random} after "
            "as many random channels were cut.")
