"""The brief: who pays for a smaller network, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run
from core.lab.words import counted

UNTESTED = (
    "Groups of people: here they are classes of clothes or rows of a census table.",
    "Networks of the size in use, and speed on a real device.",
    "Compression methods that are not named below.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    found, config = run.estimate("did_qat"), run.request.config
    return (f"Rounded to {config.qat_bits} bits, the network gets {counted(abs(found.value), 100)} of 100 images of small groups "
            f"{'more' if found.value > 0 else 'fewer'} wrong than its loss on large groups, and their difficulty, would explain.")
