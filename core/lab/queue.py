"""Who waits for whom: the living runs in the order in which they were asked for.

Each living run has an empty file in ``queue``, named by its time and its id, so that asking who is ahead reads names of living runs
and never the thousand that have ended. A worker that was killed leaves its file behind; whoever meets it next removes it.
"""

import contextlib
from pathlib import Path

from core.lab import folders

DIGITS = 20  # of microseconds since 1970, so that names sort by time


def enter(root: Path, run: str, submitted: float) -> None:
    """Put a run at the end of the queue; its ``worker.lock`` must be held already, or the next reader takes it for dead."""
    leave(root, run)
    (folders.make_folder(root / "queue") / f"{int(submitted * 1e6):0{DIGITS}d}-{run}").touch()


def leave(root: Path, run: str) -> None:
    """Take a run out of the queue; nothing happens where it is not in it."""
    for place in (root / "queue").glob(f"*-{run}"):
        place.unlink(missing_ok=True)


def ahead(root: Path, run: str) -> list[str]:
    """Return the living runs that asked before ``run`` did, oldest first; all of them where ``run`` is not in the queue."""
    found = []
    for place in sorted((root / "queue").glob(f"{'[0-9]' * DIGITS}-*")):
        name = place.name[DIGITS + 1:]
        if name == run:
            break
        if folders.is_locked(root / "runs" / name / "worker.lock"):
            found.append(name)
        else:
            with contextlib.suppress(OSError):  # another reader was faster, or may not write here
                place.unlink()
    return found
