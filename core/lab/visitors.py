"""Visitors of a shared server: a signed number in a cookie, or an account, each as an owner name of 17 letters and digits.

The secret that signs lies in the house's folder, for its owner alone. A run holds the hash of the number and never the number itself.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from core.lab import folders
from core.lab.errors import InputError
from core.lab.store import home

COOKIE = "glasshouse_visitor"
SECONDS = 365 * 86400  # how long a browser keeps it
_NUMBER, _SIGNATURE = 32, 64  # hexadecimal digits


def secret() -> bytes:
    """Return the house's secret, made at the first call.

    Raises:
        InputError: If it cannot be written, or others of this machine can read it.
    """
    return _secret(folders.make_folder(home()) / "secret")


@lru_cache(maxsize=4)
def _secret(place: Path) -> bytes:
    try:
        if not place.exists():
            part = place.with_name(f".secret.{secrets.token_hex(4)}")
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
            with contextlib.suppress(FileExistsError):  # another process was faster: its secret is the house's
                os.link(part, place)
            part.unlink()
        if place.stat().st_mode & 0o077:
            raise InputError(f"the secret of the house must be readable by its owner alone, got {place} with more rights: chmod 600 it.")
        found = bytes.fromhex(place.read_text().strip())
    except (OSError, ValueError) as error:
        raise InputError(f"a shared server needs a secret in GLASSHOUSE_HOME, got {place} ({type(error).__name__}): make the folder "
                         "writable, or remove the file.") from None
    if len(found) < 32:
        raise InputError(f"the secret of the house must have 64 hexadecimal digits, got fewer in {place}: remove the file.")
    return found


def new_cookie() -> str:
    """Return the signed number of a new visitor."""
    number = secrets.token_hex(_NUMBER // 2)
    return f"{number}.{_sign(number)}"


def number_of(cookie: str) -> str | None:
    """Return the number in a cookie that this house signed, or None."""
    number, _, signature = cookie.partition(".")
    is_sound = len(number) == _NUMBER and len(signature) == _SIGNATURE and cookie.isascii()
    return number if is_sound and hmac.compare_digest(signature, _sign(number)) else None


def _sign(number: str) -> str:
    return hmac.new(secret(), f"visitor:{number}".encode(), hashlib.sha256).hexdigest()


def owner_of(kind: str, *parts: str) -> str:
    """Return the owner name of a visitor: ``v`` by cookie, ``t`` for one tab without any, ``a`` for an account."""
    return kind + folders.digest_of("\0".join((kind, *parts)))
