"""Predict, then reveal: what a room asks its reader before it shows the number."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """The question that a reader answers while a run computes. Guesses stay in the browser's session and are never scored.

    Attributes:
        metric: Headline number that is guessed.
        question: As a heading.
        label: Of the slider; says what chance and the best possible are.
        low: Smallest guess.
        high: Largest guess.
        step: Distance of two guesses.
        start: Guess that the slider starts with.
        choice: A second question with named answers; empty for none.
        answers: The named answers.
        winner: Takes a run; returns the answer that came true.
        why: Takes a run and the guess; returns one or two sentences: what decides the number, and what to look at next.
    """

    metric: str
    question: str
    label: str
    low: float
    high: float
    step: float
    start: float
    choice: str = ""
    answers: tuple[str, ...] = ()
    winner: Callable[[Any], str] | None = None
    why: Callable[[Any, float], str]


def surprise(found: float, guess: float, *, within: float, more: str, less: str) -> str:
    """Return how a guess compares with what was found.

    Args:
        found: The headline number.
        guess: What the reader expected.
        within: How far apart the two may be and still be close.
        more: The sentence for a number above the guess.
        less: The sentence for a number below it.
    """
    return more if found > guess + within else less if found < guess - within else "You were close."
