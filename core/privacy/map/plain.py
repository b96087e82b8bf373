"""The brief: how far the leak can be closed cheaply, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.texts import hardly_learned
from core.lab.words import counted
from core.privacy.defences.crl_limits import CLASSES

UNTESTED = (
    "Two defences at once, and strengths between the points.",
    "Attacks made against one defence in particular.",
    "Larger networks, and the data of a real service.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    before, removed = run.estimate("auc_plain").value, run.estimate("srcm_drop").value
    return (f"Put a member beside a stranger: the attack tells which is which {counted(before, 100)} times in 100, where a coin is right "
            f"50 times. Defences that cost little accuracy help somewhat, SRCM by {counted(max(removed, 0.0), 100)}; none hides everybody.")


def caution(run: Run) -> str:
    """Return a warning where the plain networks are near chance: there is then little to leak, and little to learn from it."""
    return hardly_learned(run.estimate("accuracy_plain").value, CLASSES.get(run.request.config.dataset, 0), "What they leak")
