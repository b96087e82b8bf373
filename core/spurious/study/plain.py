"""The brief: how often a cue misleads, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Cues that nobody planted, as they occur in photographs.",
    "Several cues at once.",
    "Larger networks, and the data of a real service.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    with_cue, never = (counted(run.estimate(name).value, 100) for name in ("reliance", "reliance_clean"))
    return (f"Of 100 images that carry a misleading mark the model takes {with_cue} for the wrong class; a model that never saw the mark "
            f"takes {never} of the same images for it.")
