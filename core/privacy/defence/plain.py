"""The brief: what one defence takes from the attacker, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.texts import hardly_learned
from core.lab.words import counted

UNTESTED = (
    "An attacker who knows this defence and trains against it.",
    "Other strengths and data than those named below.",
    "Larger networks, and the data of a real service.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    before, after, cost = (run.estimate(name).value for name in ("tpr_at_1_percent_plain", "tpr_at_1_percent", "accuracy_cost"))
    return (f"Of 100 training images the attack names {counted(before, 100)} before the defence and {counted(after, 100)} after it, at one "
            f"false accusation in 100; of 100 new images {counted(abs(cost), 100)} {'more' if cost > 0 else 'fewer'} are got wrong.")


def caution(run: Run) -> str:
    """Return a warning where the networks are near chance: there is then little to leak, and little to learn from it."""
    return hardly_learned(run.estimate("test_accuracy_plain").value, len(run.results[0].classes), "What they leak")
