"""House-keeping: how big the house is, and what goes when it is too big.

Only what can be computed again goes, the least recently used first: what was set aside as damaged, trained models, results. What ships
is never touched, nor what anybody read within the last hour or a living run needs. A run whose numbers went says so. Last go uploads
of a shared server's visitors that nobody used for a month.
"""

import contextlib
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from core.lab import access, folders, jobs, owners, queue, runs
from core.lab.errors import InputError

KINDS = ("results", "models", "uploads", "quarantine", "runs", "tables")
IN_USE_SECONDS = 3600.0
FORGOTTEN_SECONDS = 30 * 86400.0  # after which what a visitor of a shared server brought and nobody used may go, too
CLEARED = "Its numbers were cleared to make room for others. Run again: the same numbers come back."
UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


@dataclass(frozen=True)
class Size:
    """How many folders of one kind there are, and how many bytes they take."""

    n: int
    n_bytes: int


@dataclass(frozen=True)
class Cleaned:
    """What a cleaning removed and left."""

    removed: dict[str, int]
    freed_bytes: int
    left_bytes: int


def parse_size(text: str, what: str) -> int:
    """Return bytes for ``20GB``, ``500 MB`` or a whole number.

    Raises:
        InputError: If it is none of these.
    """
    found = re.fullmatch(r"(\d{1,15})(?:\.(\d{1,3}))?\s*([KMGT]?B)?", text.strip().upper(), re.ASCII)
    if not found:
        raise InputError(f"{what} must be a size such as 20GB, got {text[:40]!r}.")
    return int(float(f"{found[1]}.{found[2] or 0}") * UNITS[found[3] or ""])


def limit() -> int | None:
    """Return the size that ``GLASSHOUSE_DISK`` allows the house, or None."""
    text = os.environ.get("GLASSHOUSE_DISK", "")
    return parse_size(text, "GLASSHOUSE_DISK") if text else None


def weight(folder: Path) -> int:
    """Return how many bytes a file or folder takes."""
    total = 0
    with contextlib.suppress(OSError):
        if not folder.is_dir():
            return folder.stat().st_size
        for entry in os.scandir(folder):
            total += weight(Path(entry.path)) if entry.is_dir(follow_symlinks=False) else entry.stat(follow_symlinks=False).st_size
    return total


def sizes(root: Path) -> dict[str, Size]:
    """Return what the house holds, by kind."""
    found = {}
    for kind in KINDS:
        held = [weight(path) for path in _entries(root / kind)]
        found[kind] = Size(len(held), sum(held))
    return found


def _entries(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError:
        return []


def clean(root: Path, keep_bytes: int, *, only_say: bool = False) -> Cleaned:
    """Remove what can be computed again until the house takes at most ``keep_bytes``, or nothing is left that may go.

    Args:
        root: The house's folder.
        keep_bytes: How large it may be.
        only_say: Whether to remove nothing and return what would go.
    """
    total, freed, removed = sum(size.n_bytes for size in sizes(root).values()), 0, dict.fromkeys(KINDS, 0)
    with folders.lock(folders.make_folder(root / "locks") / "clean.lock", wait=False) as alone:
        for kind, path in _may_go(root) if alone else ():
            if total - freed <= keep_bytes:
                break
            took = weight(path)
            if only_say or _remove(root, path):
                freed, removed[kind] = freed + took, removed[kind] + 1
                if kind == "results" and not only_say:
                    _say_cleared(root, path.name)
    return Cleaned({kind: n for kind, n in removed.items() if n}, freed, total - freed)


def _may_go(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield what may go, in the order in which it should."""
    for kind in ("quarantine", "tables"):
        yield from ((kind, path) for path in sorted(_entries(root / kind), key=_used))
    needed = set().union(*(_keys(root, place.run) for place in queue.living(root)))
    kept = [(kind, path) for kind in ("models", "results") for path in _entries(root / kind) if path.name not in needed]
    now = time.time()
    yield from sorted((one for one in kept if now - _used(one[1]) > IN_USE_SECONDS), key=lambda one: _used(one[1]))
    brought = [path for path in _entries(root / "uploads") if access.HOUSE not in owners.owners(path)]
    yield from (("uploads", path) for path in sorted(brought, key=_used) if now - _used(path) > FORGOTTEN_SECONDS)


def _keys(root: Path, run: str) -> set[str]:
    request = runs.read_request(root, run)
    return set() if request is None else {request.key(seed) for seed in request.seeds}


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _remove(root: Path, path: Path) -> bool:
    """Move a folder out of sight in one step, so that nobody reads a part of it, and then remove it."""
    gone = root / "staging" / f"cleared-{uuid.uuid4().hex}"  # swept with what killed writers leave, should we be killed here
    try:
        gone.parent.mkdir(parents=True, exist_ok=True)
        path.rename(gone)
    except OSError:
        return False
    if gone.is_dir():
        shutil.rmtree(gone, ignore_errors=True)
    else:
        gone.unlink(missing_ok=True)
    return True


def _say_cleared(root: Path, key: str) -> None:
    """Let every finished run that needs the result say that it was cleared."""
    for run in runs.all_ids(root):
        folder = root / "runs" / run
        if key in _keys(root, run) and (status := jobs.written_status(folder)) is not None and status.state == "finished":
            with contextlib.suppress(OSError):
                jobs.write_status(folder, replace(status, state="failed", message=CLEARED))


def keep_within_limit(root: Path) -> None:
    """Clean where ``GLASSHOUSE_DISK`` sets a limit: called by each worker when its run has ended."""
    with contextlib.suppress(InputError, OSError):
        if (most := limit()) is not None:
            clean(root, most)
