"""The brief: whether removing LayerNorm prevents memorising, in a sentence that a lay person can repeat, and what was not tested."""

import math

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Language models of the size in use, and training from the start on large data.",
    "Removing LayerNorm after training instead of before.",
    "Whether what is memorised can be read out by somebody else.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    placement = next((one for one in ("post", "pre") if not math.isnan(run.estimate(f"memorised_{one}").value)), "post")
    intact, stripped = (counted(run.estimate(f"memorised{end}_{placement}").value, 100) for end in ("", "_stripped"))
    return (f"Of 100 wrong labels in its training data the model learns {intact} by heart, and {stripped} when LayerNorm was taken out "
            "before.")
