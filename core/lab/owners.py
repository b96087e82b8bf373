"""Whose a run is. ``runs/ID/owners`` holds one empty file for each who asked for it; a run without any belongs to the house.

The owner is no part of the key: two visitors who ask for the same numbers share one run, and each sees it in a list of their own.
"""

import contextlib
from pathlib import Path

from core.lab import access

FOLDER = "owners"


def claim(folder: Path) -> None:
    """Write down that whoever asks now owns the run in ``folder``; one that was the house's before stays so, too."""
    owner, place = access.visitor() or access.HOUSE, folder / FOLDER
    if not place.is_dir():
        was_here = (folder / "spec.json").is_file()
        place.mkdir(exist_ok=True)
        if was_here:
            (place / access.HOUSE).touch()
    (place / owner).touch()


def owners(folder: Path) -> set[str]:
    """Return the owners of the run in ``folder``."""
    try:
        return {path.name for path in (folder / FOLDER).iterdir()} or {access.HOUSE}
    except OSError:
        return {access.HOUSE}


def may_see(folder: Path) -> bool:
    """Return whether whoever asks now may see, stop and delete the run in ``folder``: always, but for visitors of a shared server."""
    visitor = access.visitor()
    return visitor is None or (folder / FOLDER / visitor).is_file()


def withdraw(folder: Path) -> bool:
    """Take a visitor's claim back; return whether others still own the run, so that it must stay. A laptop's owner stands for all."""
    visitor = access.visitor()
    if visitor is None or owners(folder) <= {visitor}:
        return False
    with contextlib.suppress(OSError):
        (folder / FOLDER / visitor).unlink()
    return True
