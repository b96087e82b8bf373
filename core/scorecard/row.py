"""What a lens says of a subject: a number with its interval and denominators, or what would make it possible. Imports no torch."""

from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["", "%", "pt"]
Better = Literal["low", "high"]
Family = Literal["classifier", "language_model"]


@dataclass(frozen=True)
class Slice:
    """The same number, or what it is made of, on a part of the data: a group, a class, a setting.

    Attributes:
        name: Of the part.
        value: Its number; NaN where there is none.
        n: How many samples.
        low: Lower end of its interval; NaN where none is made.
        high: Upper end.
        kind: What the number is, where it is not that of the row.
    """

    name: str
    value: float
    n: int
    low: float = float("nan")
    high: float = float("nan")
    kind: str = ""


@dataclass(frozen=True)
class Found:
    """What a lens measured.

    Attributes:
        value: The number, a fraction for "%" and "pt".
        low: Lower end of its interval.
        high: Upper end.
        n: How many samples it stands on.
        counts: The denominators, in words: "31 of 1,000 members, 10 of 1,000 strangers".
        sentence: What it says, in plain words, without jargon; one sentence.
        interval: How the interval was made, and what it is corrected for.
        worst: The worst slice in words; empty where there are no slices.
        slices: Everything behind the number.
        note: What a reader must know beside it; empty for nothing.
    """

    value: float
    low: float
    high: float
    n: int
    counts: str
    sentence: str
    interval: str
    worst: str = ""
    slices: tuple[Slice, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Missing:
    """Why a lens says nothing of this subject, and what would make it possible; each a clause."""

    needs: str
    remedy: str


@dataclass(frozen=True)
class Lens:
    """One question that is put to every subject.

    Attributes:
        id: Slug: name of the metric, and of its limit on the command line.
        concern: Which concern it belongs to.
        label: What the number is called, at most 26 characters.
        question: In plain words.
        number: What the number is, exactly, with what was fixed before looking.
        unit: As a metric declares it.
        better: Whether a small or a large number is the wish; a limit lies on the other side.
        needs: What a subject must bring, by the names of ``needs.NEEDS``.
        measure: ``module:function`` taking a ``Material``, returning ``Found`` or ``Missing``.
        evidence: Experiment whose room shows how it is measured.
        repair: Experiment whose room repairs it; empty where none does.
        bounds: Smallest and largest value there can be.
        anchor: A number that needs no measuring, beside which the row is drawn, and what it is: what a guess finds, no change.
        step: Place among the steps of the run.
        turn: Place within its step: cheap rows come first.
        family: Which subjects are asked: what sorts things into classes, or language models.
        frameworks: Where rules of others ask for such evidence.
    """

    id: str
    concern: str
    label: str
    question: str
    number: str
    unit: Unit
    better: Better
    needs: tuple[str, ...]
    measure: str
    evidence: str
    repair: str
    bounds: tuple[float, float] = (0.0, 1.0)
    anchor: tuple[float, str] | None = None
    step: int = 0
    turn: int = 0
    family: Family = "classifier"
    frameworks: tuple[str, ...] = field(default=())
