"""Guesses of a class, collected without names and kept in memory alone: gone when the class ends, after some hours, or with the server."""

import math
import secrets
import time
from dataclasses import dataclass, field
from threading import Lock

MOST_CLASSES, MOST_GUESSES, LIFETIME = 40, 500, 4 * 3600.0
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is taken for another when read aloud
CODE_LENGTH = 5


@dataclass
class Classroom:
    """One class: where its lesson stands, and what was guessed at each step, by who is known by a random token alone."""

    code: str
    lead: str
    lesson: str
    opened: float
    step: int = 1
    revealed: bool = False
    guesses: dict[int, dict[str, float]] = field(default_factory=dict)


class Register:
    """All classes of this server; safe for many sessions at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rooms: dict[str, Classroom] = {}

    def open(self, lesson: str) -> Classroom | None:
        """Return a new class, or None where there are as many as may be."""
        with self._lock:
            now = time.monotonic()
            for code in [code for code, room in self._rooms.items() if now - room.opened > LIFETIME]:
                del self._rooms[code]
            if len(self._rooms) >= MOST_CLASSES:
                return None
            code = next(made for _ in iter(int, 1) if (made := "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)))
                        not in self._rooms)
            self._rooms[code] = Classroom(code, secrets.token_urlsafe(9), lesson, now)
            return self._rooms[code]

    def find(self, code: str | None) -> Classroom | None:
        """Return the class of that code, however it was typed, or None."""
        room = self._rooms.get((code or "").strip().upper())
        return room if room is not None and time.monotonic() - room.opened <= LIFETIME else None

    def led(self, lead: str | None) -> Classroom | None:
        """Return the class that whoever holds this key leads, or None."""
        return next((room for room in list(self._rooms.values()) if lead and secrets.compare_digest(room.lead, lead)), None)

    def guess(self, room: Classroom, who: str, value: float) -> bool:
        """Take one guess at the step that the class is at, in place of an earlier one; return whether there was room for it."""
        with self._lock:
            held = room.guesses.setdefault(room.step, {})
            if not math.isfinite(value) or room.revealed or (who not in held and len(held) >= MOST_GUESSES):
                return False
            held[who] = value
            return True

    def at(self, room: Classroom, step: int, *, revealed: bool) -> None:
        """Let the class be at a step."""
        with self._lock:
            room.step, room.revealed = step, revealed

    def close(self, room: Classroom) -> None:
        """End a class: its guesses are gone."""
        with self._lock:
            self._rooms.pop(room.code, None)


def histogram(values: list[float], ends: tuple[float, float], *, bins: int = 20) -> list[dict[str, float]]:
    """Return how many guesses fall into each part of the axis: start, end, guesses; those beyond its ends count at the ends."""
    low, high = ends
    width = (high - low) / bins
    counted = [0] * bins
    for value in values:
        counted[min(bins - 1, max(0, int((value - low) / width)))] += 1
    return [{"start": low + place * width, "end": low + (place + 1) * width, "guesses": n} for place, n in enumerate(counted)]
