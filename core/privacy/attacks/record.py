"""What is known about one attack, for tables, pages and the choice of what to compute."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.privacy.signals import Signals

Access = Literal["label", "confidence", "loss", "white-box"]
Knowledge = Literal["none", "population", "references offline", "references online"]


@dataclass(frozen=True)
class Attack:
    """One membership attack.

    Attributes:
        id: Stable key in tables.
        title: What it is called on screen.
        family: Heading under which it is grouped.
        access: What the target has to reveal. "confidence" is the posterior vector, "loss" the probability of the true label.
        knowledge: What the attacker holds besides. "references offline" are models trained without the sample, "references
            online" models trained with and without it.
        explanation: One line for a reader who does not know it.
        source: Where it was published.
        score: From signals to (K, N) float64 scores; larger means more likely a member.
        needs: Optional fields of ``Signals`` that must be present.
        threshold: The published cut of the score, where it has one; otherwise cuts are carried over from the references.
        axis: What the score is called on an axis.
        is_log: Whether a histogram shows ``-log10(-score)``, for scores that crowd just below zero.
    """

    id: str
    title: str
    family: str
    access: Access
    knowledge: Knowledge
    explanation: str
    source: str
    score: Callable[[Signals], np.ndarray]
    needs: tuple[str, ...] = ()
    threshold: float | None = None
    axis: str = "Score"
    is_log: bool = False

    def is_available(self, signals: Signals) -> bool:
        """Return whether the signals hold everything that this attack needs."""
        return all(getattr(signals, name) is not None for name in self.needs)
