"""The brief: whether the trigger could be cut out, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Models of the size in use, and triggers that an attacker hides better.",
    "A defender who guesses the wrong kind of behaviour from the start.",
    "Other triggers, and false alarms over many clean models: the view Every attack has both.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone.

    Raises:
        ValueError: If the run could not resolve one of them, or is about a model of which nothing is known.
    """
    if run.request.config.is_suspicious:
        raise ValueError("a search of a model that may be poisoned has no counts of triggered prompts")
    before, cut, random = (counted(run.estimate(f"asr_{arm}").value, 100) for arm in ("poisoned", "signature", "random"))
    return (f"Of 100 prompts with the hidden trigger the poisoned model obeys {before}; with the suspected parts cut out and the rest "
            f"repaired it obeys {cut}, and with as many random parts {random}.")
