"""The words of a room: what a page and an exported report say beside the figures."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TOO_NEAR = 2.0  # times the accuracy of guessing


@dataclass(frozen=True, kw_only=True)
class Texts:
    """Prose of one experiment; markdown, no HTML.

    Attributes:
        measures: What the headline number is, at most six words, for the card on Home.
        answer: Returns the answer for a finished run in a sentence: verdict word, value with interval, what it compares with.
        plain: Returns the finding in counts, in a sentence that a lay person can repeat, from the headline numbers alone; may raise
            ValueError where one of them is missing.
        caution: Returns what makes the numbers of a run say little, such as networks that hardly learned; empty where nothing does.
        repeats: What the seeds of a run repeat, with ``{n}`` for their number.
        untested: What was not tested and a reader might think was, a sentence each.
        baseline: Value and name of the reference mark of the headline's strip, for example (0.5, "guessing").
        span: Smallest and largest value the headline's strip shows.
        idea: The method in one paragraph.
        formulas: LaTeX and a line that says what it is.
        assumptions: What must be true for the numbers to mean what they say.
        sources: Papers, with what was taken from each.
    """

    measures: str
    answer: Callable[[Any], str]
    baseline: tuple[float, str]
    span: tuple[float, float]
    idea: str
    formulas: tuple[tuple[str, str], ...]
    assumptions: tuple[str, ...]
    sources: tuple[str, ...]
    plain: Callable[[Any], str] | None = None
    repeats: str = "trained {n} times from different random starts"
    untested: tuple[str, ...] = ()
    caution: Callable[[Any], str] | None = None


def hardly_learned(accuracy: float, n_classes: int, about: str) -> str:
    """Return a warning where networks do little better than guessing one of ``n_classes``; ``about`` is what then says little."""
    if n_classes < 2 or not accuracy < TOO_NEAR / n_classes:
        return ""
    return (f"These networks hardly learned: {accuracy:.1%} of the test images are right, and guessing one of {n_classes} classes gives "
            f"{1 / n_classes:.1%}. {about} says little about a network that works: train for longer, or on more images.")


def said_plainly(texts: Texts, run: Any) -> str:
    """Return the finding of a run in counts; the room's own answer where a number is missing that the counts take."""
    try:
        return texts.plain(run) if texts.plain is not None else texts.answer(run)
    except ValueError:
        return texts.answer(run)
