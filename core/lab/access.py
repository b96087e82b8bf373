"""Who is asking, and what they may touch: the one place that knows whether a house is a laptop's or a shared server's.

``GLASSHOUSE_SHARED`` chooses: unset for a laptop, ``1`` for a server that others reach, ``demo`` for one that shows finished results
and trains nothing. The rules bind the app alone; the command line belongs to whoever has an account on the machine.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from core.lab.config import Config, fields_of
from core.lab.errors import InputError

Mode = Literal["laptop", "shared", "demo"]
PATH_KINDS = ("npz", "folder", "csv", "table", "onnx", "weights", "outputs")  # what stands before a path in settings
NAMED_BY_HASH = ("upload",)
FOR = "GLASSHOUSE_VISITOR"
HOUSE = "house"  # owner of what the command line and a laptop's app compute
NO_PATH = "this server reads no path of its own, got one: choose a named set, or bring your file under Your data."
NO_ACCOUNT = "runs on this server need an account, got a visitor who is not logged in: press Log in at the left."
NOT_LIVE = "this server shows finished results and trains nothing, got a run to compute: install the house on a machine of yours."

_ask: Callable[[], str | None] | None = None
_is_stranger: Callable[[], bool] = bool


def serve(ask: Callable[[], str | None], is_stranger: Callable[[], bool]) -> None:
    """Let the app say who is asking.

    Args:
        ask: Returns the visitor's owner name inside a visit, None outside of any.
        is_stranger: Returns whether the visitor must log in before anything is computed.
    """
    global _ask, _is_stranger
    _ask, _is_stranger = ask, is_stranger


def mode() -> Mode:
    """Return how the house is run; a word that is not known counts as shared, so that a slip opens nothing."""
    word = os.environ.get("GLASSHOUSE_SHARED", "").strip().lower()
    return "laptop" if word in ("", "0") else "demo" if word == "demo" else "shared"


def _asking() -> str | None:
    found = None if _ask is None else _ask()
    return found or os.environ.get(FOR) or None  # a worker has no visit of its own and is told for whom it computes


def in_app() -> bool:
    """Return whether this code runs for a visitor of the app."""
    return _asking() is not None


def is_shared() -> bool:
    """Return whether this code runs for a visitor of a server that others reach."""
    return mode() != "laptop" and in_app()


def visitor() -> str | None:
    """Return the owner name of the visitor of a shared server; None where everything belongs to whoever asks."""
    return _asking() if mode() != "laptop" else None


def check_live() -> None:
    """Refuse to compute on a server that only shows, or for a visitor who has to log in first.

    Raises:
        InputError: One sentence.
    """
    if is_shared() and mode() == "demo":
        raise InputError(NOT_LIVE)
    if is_shared() and _is_stranger():
        raise InputError(NO_ACCOUNT)


def roots() -> tuple[Path, ...]:
    """Return the folders from which the app reads paths: ``GLASSHOUSE_DATA`` and those of ``GLASSHOUSE_ALLOW``, parted by colons."""
    named = os.environ.get("GLASSHOUSE_DATA") or str(Path.home() / ".cache" / "glasshouse" / "data")
    allowed = [part for part in os.environ.get("GLASSHOUSE_ALLOW", "").split(os.pathsep) if part.strip()]
    return tuple(Path(os.path.realpath(os.path.expanduser(part.strip()))) for part in (named, *allowed))


def may_read(path: Path) -> bool:
    """Return whether a path that a visitor typed may be read; links are followed first, and nothing tells whether anything is there."""
    if not in_app():
        return True
    if mode() != "laptop":
        return False
    try:
        real = Path(os.path.realpath(path))
    except (OSError, ValueError):
        return False
    return any(real.is_relative_to(root) for root in roots())


def check_path(path: Path, what: str) -> None:
    """Refuse a path that a visitor typed and that the app may not read; the same words whether or not anything is there.

    Raises:
        InputError: If it may not.
    """
    if may_read(path):
        return
    if mode() != "laptop":
        raise InputError(NO_PATH)
    raise InputError(f"{what} opened from the app must lie in the folder of GLASSHOUSE_DATA or in one that GLASSHOUSE_ALLOW names, got "
                     f"{str(path)!r}: move it there, set GLASSHOUSE_ALLOW, or use the command line.")


def check_config(config: Config) -> None:
    """Refuse settings in which a visitor names a file that the app may not read, before anything looks at it.

    Raises:
        InputError: If one does.
    """
    if not in_app():
        return
    for field in fields_of(type(config)):
        text = getattr(config, field.name)
        if field.kind is not str or field.choices or field.knob.is_prose or text in (*field.knob.suggestions, field.default):
            continue
        kind, colon, rest = text.partition(":")
        while rest.partition(":")[0] in PATH_KINDS and ":" in rest and kind in PATH_KINDS:  # outputs:npz:PATH
            kind, colon, rest = rest.partition(":")
        if colon and (kind in NAMED_BY_HASH or (kind in PATH_KINDS and rest.partition(":")[0] in NAMED_BY_HASH)):
            continue  # whose it is, the store of uploads knows
        place = (rest if colon else text).strip()
        if place.startswith(("/", "~", ".")) or (colon and kind in PATH_KINDS) or (mode() != "laptop" and ("/" in place or "\\" in place)):
            check_path(Path(os.path.expanduser(place)), field.name)


def check_download(what: str) -> None:
    """Refuse to fetch anything for a visitor of a shared server, in the app or in a worker that it started.

    Raises:
        InputError: If it may not be fetched.
    """
    if is_shared() or os.environ.get("GLASSHOUSE_OFFLINE"):
        raise InputError(f"this server fetches nothing, got {what}, which is not at hand: choose another, or ask who runs the server.")


def worker_settings() -> dict[str, str]:
    """Return what a process that computes must know of the visitor who asked: the same rules bind it."""
    return {FOR: asking} if (asking := _asking()) else {}


def scrubbed(text: str) -> str:
    """Return a message without the server's own folders, where a visitor of a shared server reads it."""
    if not is_shared():
        return text
    places = {os.environ.get("GLASSHOUSE_HOME", ""), str(Path(__file__).resolve().parents[2]), str(Path.home()), *map(str, roots())}
    for place in sorted((place for place in places if len(place) > 1), key=len, reverse=True):
        text = text.replace(place, "…")
    return text
