"""Who waits for whom: the living runs in the order in which they will be taken.

Each living run has an empty file in ``queue``, named by its round, its time, its id and its owner, so that asking who is ahead reads
names of living runs and never the thousand that have ended. A worker that was killed leaves its file behind; whoever meets it next
removes it.

Rounds make it fair: an owner's next run takes the round after the owner's last, a newcomer's the round that is being served. So nobody
waits for more than one run of each other owner, and with one owner alone it is first come first served.
"""

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

from core.lab import folders
from core.lab.access import HOUSE

DIGITS = 20  # of microseconds since 1970, so that names sort by time
_NAME = re.compile(r"(\d{8})-(\d{20})-([0-9a-f]{16})-([0-9a-z]{1,20})", re.ASCII)


@dataclass(frozen=True, order=True)
class Place:
    """One run's place: the earlier it sorts, the earlier it is taken."""

    round: int
    microseconds: int
    run: str
    owner: str

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{self.round:08d}-{self.microseconds:0{DIGITS}d}-{self.run}-{self.owner}"


def enter(root: Path, run: str, submitted: float, owner: str = HOUSE) -> None:
    """Put a run into the queue; its ``worker.lock`` must be held already, or the next reader takes it for dead."""
    leave(root, run)
    before = living(root)
    mine = [place.round for place in before if place.owner == owner]
    now = min((place.round for place in before), default=0)
    place = Place(max(mine) + 1 if mine else now, int(submitted * 1e6), run, owner)
    (folders.make_folder(root / "queue") / place.name).touch()


def leave(root: Path, run: str) -> None:
    """Take a run out of the queue; nothing happens where it is not in it."""
    for place in (root / "queue").glob(f"*-{run}-*"):
        place.unlink(missing_ok=True)


def places(root: Path) -> list[Place]:
    """Return all places in order, those that dead workers left behind among them."""
    names = [_NAME.fullmatch(path.name) for path in (root / "queue").glob("*-*")]
    return sorted(Place(int(found[1]), int(found[2]), found[3], found[4]) for found in names if found)


def living(root: Path, *, until: str = "") -> list[Place]:
    """Return the places of living runs in order, up to that of the run ``until``; what dead workers left is removed on the way."""
    found = []
    for place in places(root):
        if place.run == until:
            break
        if folders.is_locked(root / "runs" / place.run / "worker.lock"):
            found.append(place)
        else:
            with contextlib.suppress(OSError):  # another reader was faster, or may not write here
                (root / "queue" / place.name).unlink()
    return found


def ahead(root: Path, run: str) -> list[str]:
    """Return the living runs that are taken before ``run``, the next first; all of them where ``run`` is not in the queue."""
    return [place.run for place in living(root, until=run)]
