"""The house's own models of known quality, beside every row: computed, shipped with the house, and read from there."""

from dataclasses import dataclass
from functools import lru_cache

from core.lab import gallery, registry
from core.lab.runs import Run
from core.scorecard.subjects import KINDS, SPEAKERS, kind_of, speaker_of

NAME = "scorecard"


@dataclass(frozen=True)
class Band:
    """What one recipe of the house shows in one row.

    Attributes:
        kind: The recipe.
        title: Its name.
        quality: What is known of it.
        low: Smallest value over its seeds.
        high: Largest.
        n: Number of networks.
        run: The run that shows it.
    """

    kind: str
    title: str
    quality: str
    low: float
    high: float
    n: int
    run: str


def bands(row: str) -> tuple[Band, ...]:
    """Return the band of every recipe that ships and has this row, in the order of the recipes."""
    found = []
    for kind, run in shipped().items():
        values = [value for result in run.results if (value := getattr(result, row)) == value]
        if values:
            one = KINDS.get(kind) or SPEAKERS[kind]
            found.append(Band(kind, one.title, one.quality, min(values), max(values), len(values), run.request.run))
    return tuple(found)


def shipped() -> dict[str, Run]:
    """Return the run of every recipe that ships."""
    return _read(str(gallery.GALLERY), _stamp())


def _stamp() -> float:
    folder = gallery.GALLERY / "runs"
    return folder.stat().st_mtime if folder.is_dir() else 0.0


@lru_cache(maxsize=2)
def _read(place: str, stamp: float) -> dict[str, Run]:
    found = {}
    for one in gallery.wanted(registry.find(NAME)):
        kind = kind_of(one.config.subject) or speaker_of(one.config.subject)
        if kind is not None and (run := gallery.precomputed(one)) is not None:
            found[kind.id] = run
    return found
