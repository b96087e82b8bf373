"""The brief: whether cheap labels can teach, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Teachers and students of the size in use.",
    "Tasks other than sorting images into ten classes.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    ours, smooth, hard = (run.estimate(f"accuracy_{name}").value for name in ("encoder", "uniform", "hard"))
    return (f"Taught with labels from an autoencoder the small network gets {counted(ours, 1000)} of 1,000 new images right, "
            "with evenly softened labels "
            f"{counted(smooth, 1000)}, and with plain ones {counted(hard, 1000)}.")
