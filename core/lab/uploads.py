"""What visitors bring through a page, kept by content: ``GLASSHOUSE_HOME/uploads/HASH``, with what was read of it and whose it is.

A file is looked at in a process of its own, with little time and memory, before it is kept. Settings name it ``npz:upload:HASH``, so
that a result is keyed by what the file holds and a new name of it changes nothing. A visitor of a shared server uses and deletes what
is theirs alone; two who bring the same file share it, each under a name of their own.
"""

import hashlib
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.lab import access, folders, owners, quotas
from core.lab.config import Config, fields_of
from core.lab.errors import InputError, RunFailed
from core.lab.looking import look
from core.lab.store import home

KINDS = MappingProxyType({".npz": "npz", ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "csv", ".json": "csv", ".zip": "folder",
                          ".safetensors": "weights", ".onnx": "onnx"})
FOLDER, ABOUT, PICTURES, CONTENT = "uploads", "about.json", "pictures.json", "upload"
MOST_NAME, MOST_FILES = 120, 200
_ONE = re.compile(r"upload:([0-9a-f]{32})(?![0-9a-f])")
_SPOKEN = re.compile(r"(?:(?:outputs|npz|csv|folder|weights|onnx):)*upload:([0-9a-f]{32})(?![0-9a-f])")
GONE = "an upload must be at hand, got one that was deleted or is another visitor's: bring the file again."


@dataclass(frozen=True)
class Upload:
    """One file that somebody brought.

    Attributes:
        hash: Of its content and kind, 32 hexadecimal digits.
        name: What whoever asks calls it; data, to be shown as text.
        kind: What stands before it in settings: ``npz``, ``csv``, ``folder``, ``weights`` or ``onnx``.
        n_bytes: Its size as it came.
        added: Unix time at which whoever asks brought it.
        look: What was read of it, see ``core.subjects.looked``.
    """

    hash: str
    name: str
    kind: str
    n_bytes: int
    added: float
    look: dict[str, Any]

    def source(self, template: str) -> str:
        """Return the text by which a setting names it; ``template`` holds ``{kind}`` and ``{upload}``."""
        return template.format(kind=self.kind, upload=f"upload:{self.hash}")

    def pictures(self) -> list[list[str]]:
        """Return some of its images as data addresses with the names of their classes; none where it holds no images."""
        found = folders.read_json(home() / FOLDER / self.hash / PICTURES)
        return found if isinstance(found, list) else []


def is_named(text: str) -> bool:
    """Return whether a text, without the kind before it, names an upload."""
    return _ONE.fullmatch(text.strip()) is not None


def path_of(text: str) -> Path:
    """Return where the upload lies that ``upload:HASH`` names.

    Raises:
        InputError: If it was deleted, or is not theirs who ask.
    """
    found = _ONE.fullmatch(text.strip())
    folder = home() / FOLDER / (found[1] if found else "-")
    about = _about(folder) if _is_theirs(folder) else None
    if about is None:
        raise InputError(GONE)
    folders.use(folder)
    return folder / (CONTENT if about["kind"] == "folder" else CONTENT + about["suffix"])


def spelled(text: str, takes: Mapping[str, str] | None) -> str:
    """Return what a setting says; a bare ``upload:HASH`` becomes what a field that ``takes`` such uploads calls it."""
    found = _ONE.match(text.strip()) if takes else None
    upload = _read(home() / FOLDER / found[1]) if found else None
    template = next((takes[use] for use in upload.look.get("uses", ()) if use in takes), None) if upload else None
    return text if template is None else upload.source(template) + text.strip()[found.end():]


def spelled_all(settings: Iterable[str], config_type: type[Config]) -> list[str]:
    """Return ``field=value`` settings with uploads called as their fields call them."""
    takes = {field.name: field.knob.takes for field in fields_of(config_type)}
    parted = (setting.partition("=") for setting in settings)
    return [f"{name}{equals}{spelled(value, takes.get(name))}" for name, equals, value in parted]


def named_in(text: str) -> str:
    """Return a message or a setting in which uploads are called as whoever reads it called them."""
    if FOLDER[:-1] not in text:
        return text
    stored = re.compile(rf"{re.escape(str(home() / FOLDER))}/([0-9a-f]{{32}})/{CONTENT}(?:\.[a-z]+)?")
    return _SPOKEN.sub(lambda one: _name(one[1]), stored.sub(lambda one: _name(one[1]), text))


def found_in(text: str) -> Upload | None:
    """Return the upload that a setting names, if it is theirs who ask and still here."""
    found = _ONE.search(text)
    return _read(home() / FOLDER / found[1]) if found else None


def names_one(text: str) -> bool:
    """Return whether a setting names an upload, here or not."""
    return _ONE.search(text) is not None


def _name(content: str) -> str:
    found = _read(home() / FOLDER / content)
    return found.name if found else f"upload {content[:8]}"


def mine() -> list[Upload]:
    """Return what whoever asks has brought, the latest first; on a laptop everything."""
    try:
        folder_of = [entry for entry in (home() / FOLDER).iterdir() if len(entry.name) == 32]
    except OSError:
        return []
    return sorted(filter(None, map(_read, folder_of)), key=lambda one: one.added, reverse=True)


def keep(name: str, content: bytes) -> Upload:
    """Look at what a visitor brings and keep it; the same content twice is kept once.

    Args:
        name: What the visitor calls it; its ending says what it is.
        content: Its bytes.

    Raises:
        InputError: If nothing here can read it, a limit is passed, or it needs more time or memory than a look may take.
        RunFailed: If the disk is full.
    """
    access.check_live()
    name = " ".join(name.replace("\\", "/").rpartition("/")[2].split())[-MOST_NAME:]
    suffix = Path(name).suffix.lower()
    if suffix not in KINDS:
        raise InputError(f"an upload must end in one of {', '.join(KINDS)}, got {name!r}: images in class folders come as a .zip.")
    most = quotas.quotas().upload_mb
    if len(content) > most << 20:
        raise InputError(f"an upload may take at most {most} MB (GLASSHOUSE_UPLOAD), got {len(content) / 2**20:.1f} MB: use less of it.")
    found = hashlib.blake2b(f"{KINDS[suffix]}\0{suffix}\0".encode() + content, digest_size=16).hexdigest()
    folder = home() / FOLDER / found
    try:
        with folders.lock(folders.make_folder(home() / "locks") / "uploads.lock"):  # one look at a time: its memory is the server's
            if _about(folder) is None:
                _check_room(len(content))
                _bring(folder, name, content)
            _own(folder, name)
    except OSError as error:
        if folders.is_disk_full(error):
            raise RunFailed(folders.DISK_FULL) from error
        raise InputError(f"an upload must be stored in GLASSHOUSE_HOME, got a folder that cannot be written ({error.strerror}).") from None
    return _read(folder)


def delete(content: str) -> None:
    """Take a visitor's claim on an upload back; the file goes with the last one. On a laptop it goes at once.

    Raises:
        InputError: If there is none of theirs.
    """
    folder = home() / FOLDER / content
    if not re.fullmatch(r"[0-9a-f]{32}", content) or not _is_theirs(folder):
        raise InputError(GONE)
    with folders.lock(folders.make_folder(home() / "locks") / "uploads.lock"):
        if owners.withdraw(folder):
            return
        gone = folders.make_folder(home() / "staging") / f"cleared-{uuid.uuid4().hex}"  # out of sight in one step
        folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _bring(folder: Path, name: str, content: bytes) -> None:
    """Lay a file beside its place, look at it, and move both there in one step."""
    suffix = Path(name).suffix.lower()
    staging = folders.make_folder(home() / "staging") / uuid.uuid4().hex
    with folders.lock(staging.with_name(".lock"), shared=True):
        try:
            staging.mkdir()
            (staging / (CONTENT + suffix)).write_bytes(content)
            seen = look(KINDS[suffix], staging / (CONTENT + suffix), name)
            if suffix == ".zip":
                (staging / (CONTENT + suffix)).unlink()  # what was in it lies beside it now
            folders.write_json(staging / PICTURES, seen.pop("pictures", []))  # large, and looked at seldom
            folders.write_json(staging / ABOUT, {"kind": KINDS[suffix], "suffix": suffix, "n_bytes": len(content), "look": seen},
                               durable=True)
            folders.make_folder(folder.parent)
            shutil.rmtree(folder, ignore_errors=True)  # without a sound record nothing of it can be used
            staging.rename(folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _check_room(n_bytes: int) -> None:
    if access.visitor() is None:
        return
    most, held = quotas.quotas().uploads_mb, mine()
    if sum(one.n_bytes for one in held) + n_bytes > most << 20 or len(held) >= MOST_FILES:
        raise InputError(f"uploads of one visitor may take at most {most} MB in {MOST_FILES} files on this server, got one more: delete "
                         "some of yours.")


def _own(folder: Path, name: str) -> None:
    place = folders.make_folder(folder / owners.FOLDER)
    folders.write_json(place / (access.visitor() or access.HOUSE), {"name": name, "added": time.time()})


def _is_theirs(folder: Path) -> bool:
    return owners.may_see(folder)


def _about(folder: Path) -> dict[str, Any] | None:
    try:
        seen = os.stat(folder / ABOUT)
    except OSError:
        return None
    return _sound(folder / ABOUT, seen.st_ino, seen.st_mtime_ns)


@lru_cache(maxsize=1024)
def _sound(place: Path, *_seen: int) -> dict[str, Any] | None:
    """Return the record of an upload; it is written once, and every page that offers uploads reads it."""
    found = folders.read_json(place)
    is_sound = (isinstance(found, dict) and found.get("kind") in KINDS.values() and found.get("suffix") in KINDS
                and isinstance(found.get("n_bytes"), int) and isinstance(found.get("look"), dict))
    return found if is_sound else None


def _read(folder: Path) -> Upload | None:
    """Return an upload of theirs who ask, or None."""
    if not _is_theirs(folder) or (about := _about(folder)) is None:
        return None
    owner = access.visitor() or next(iter(sorted(owners.owners(folder))), access.HOUSE)
    said = folders.read_json(folder / owners.FOLDER / owner)
    said = said if isinstance(said, dict) else {}
    return Upload(folder.name, str(said.get("name") or f"upload {folder.name[:8]}"), about["kind"], about["n_bytes"],
                  float(said.get("added") or 0.0), about["look"])
