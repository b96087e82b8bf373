"""How much a visitor of a shared server may ask for: jobs at once, jobs an hour, the length of a run, the length of the queue.

The command line and a laptop's app know no quota.
"""

import contextlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.lab import access, devices, folders, queue, words
from core.lab.errors import InputError
from core.lab.runs import Request
from core.lab.speed import speed

HOUR = 3600.0
SETTINGS = {"at_once": ("GLASSHOUSE_JOBS", 3), "an_hour": ("GLASSHOUSE_JOBS_AN_HOUR", 30), "longest": ("GLASSHOUSE_LONGEST", 1800),
            "waiting": ("GLASSHOUSE_QUEUE", 100), "upload_mb": ("GLASSHOUSE_UPLOAD", 50),
            "uploads_mb": ("GLASSHOUSE_UPLOADS", 200)}


@dataclass(frozen=True)
class Quotas:
    """What one visitor may have.

    Attributes:
        at_once: Jobs that wait or compute at the same time.
        an_hour: Jobs started within an hour.
        longest: Seconds that one run may be expected to take.
        waiting: Jobs of all visitors that may wait or compute.
        upload_mb: Megabytes of one upload.
        uploads_mb: Megabytes of all that one visitor has uploaded.
    """

    at_once: int
    an_hour: int
    longest: int
    waiting: int
    upload_mb: int
    uploads_mb: int


def quotas() -> Quotas:
    """Return the quotas that the environment sets.

    Raises:
        InputError: If one is no whole number from 1 on.
    """
    return Quotas(**{name: _whole(variable, usual) for name, (variable, usual) in SETTINGS.items()})


def _whole(variable: str, usual: int) -> int:
    text = os.environ.get(variable, "").strip() or str(usual)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 10**9):
        raise InputError(f"{variable} must be a whole number from 1 on, got {text[:40]!r}.")
    return int(text)


@contextlib.contextmanager
def one_more(root: Path, request: Request, *, computes: bool) -> Iterator[None]:
    """Let a visitor start one more job, or refuse; the job counts once the block has ended well.

    Args:
        root: The house's folder.
        request: What is to be computed.
        computes: Whether anything is left to compute; what is stored already costs nothing.

    Raises:
        InputError: If a quota is used up.
    """
    visitor = access.visitor()
    if visitor is None or not computes:
        yield
        return
    with folders.lock(folders.make_folder(root / "locks") / f"visitor-{visitor}.lock"):
        ledger, now = folders.make_folder(root / "visitors") / f"{visitor}.json", time.time()
        began = [stamp for stamp in _stamps(ledger) if now - HOUR < stamp <= now]
        _check(root, request, visitor, began)
        yield
        folders.write_json(ledger, [*began, now])


def _stamps(ledger: Path) -> list[float]:
    found = folders.read_json(ledger)
    return [stamp for stamp in found if isinstance(stamp, int | float)] if isinstance(found, list) else []


def _check(root: Path, request: Request, visitor: str, began: list[float]) -> None:
    most, living = quotas(), queue.living(root)
    on_gpu = devices.choose(request.device) == "cuda"
    seconds = request.experiment.expected(request.config, speed(root), on_gpu=on_gpu) * len(request.seeds)
    if seconds > most.longest:
        raise InputError(f"a run on this server may take {words.duration(most.longest)}, got one of about {words.duration(seconds)}: "
                         "choose the lite preset, fewer seeds or fewer models.")
    mine = sum(one.owner == visitor for one in living)
    if mine >= most.at_once:
        raise InputError(f"at most {most.at_once} runs of yours may wait or compute at once on this server, got one more: cancel one, or "
                         "wait until one has ended.")
    if len(began) >= most.an_hour:
        wait = began[-most.an_hour] + HOUR - time.time()
        raise InputError(f"at most {most.an_hour} runs may be started within an hour on this server, got one more: try again in "
                         f"{words.duration(max(60.0, wait))}.")
    if len(living) >= most.waiting:
        raise InputError(f"at most {most.waiting} runs of all visitors may wait on this server, got one more: try again later.")


def as_json() -> str:
    """Return the quotas as one line of JSON, for the record."""
    return json.dumps(quotas().__dict__)
