"""A seed that joins those at hand is a replication: on which side of the claim it falls, and whether the others predicted it.

Those at hand were fixed beforehand. That another one agrees says more than a word that moves, since going on until a word moves is no
test; so the verdict counts all of them, and the sentence here tells the new ones apart.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.lab import words
from core.lab.claims import Claim, Verdict
from core.lab.contrast import SHARE, Contrast, quantile
from core.lab.seeds import format_seeds

FEWEST_TO_PREDICT = 3
BY_CHANCE = "chance alone leaves one in 20 outside"


@dataclass(frozen=True)
class Agreement:
    """What further seeds say beside those that were there.

    Attributes:
        fresh: Effect minus control of each further seed.
        toward: How many of them lie where the claim expects the difference.
        others: Number of seeds that were there.
        predicted: Where one further seed should fall, 19 times in 20, by the spread of the others; None where they are too few or
            agree to the last digit.
    """

    fresh: tuple[float, ...]
    toward: int
    others: int
    predicted: tuple[float, float] | None

    @property
    def inside(self) -> int:
        """How many of them the others predicted."""
        return 0 if self.predicted is None else sum(self.predicted[0] <= value <= self.predicted[1] for value in self.fresh)


def predicted(contrast: Contrast) -> tuple[float, float] | None:
    """Return the 95 % prediction interval for the next seed: Student's, wider than the interval of the mean by the seed's own spread."""
    if contrast.n < FEWEST_TO_PREDICT or math.isnan(contrast.mean) or contrast.error == 0.0:
        return None
    half = quantile(SHARE, contrast.n) * contrast.error * math.sqrt(contrast.n + 1)
    return contrast.mean - half, contrast.mean + half


def agreement(verdict: Verdict, is_fresh: Sequence[bool]) -> Agreement | None:
    """Return what the further seeds say; None where there are none, or where one seed has no number."""
    pairs = list(zip(verdict.differences, is_fresh, strict=True))
    fresh = tuple(value for value, new in pairs if new)
    if not fresh or np.isnan(verdict.differences).any():
        return None
    others = Contrast(tuple(value for value, new in pairs if not new), verdict.claim.resolution)
    low, high = verdict.claim.region
    return Agreement(fresh, sum(low <= value <= high for value in fresh), others.n, predicted(others))


def told(verdict: Verdict, seeds: Sequence[int], is_fresh: Sequence[bool]) -> str:
    """Return whether the further seeds agree with the claim and with the others, as a sentence or two; empty where nothing is told."""
    found, claim = agreement(verdict, is_fresh), verdict.claim
    if found is None:
        return ""
    names = name_of([seed for seed, new in zip(seeds, is_fresh, strict=True) if new])
    if len(found.fresh) == 1:
        side = "where the claim expects it" if found.toward else "not where the claim expects it"
        said = f"Your {names}: {_number(found.fresh[0], claim)}, {side}"
    else:
        said = f"Your {names}: {found.toward} of {len(found.fresh)} where the claim expects them"
    if found.predicted is None:
        return f"{said}."
    room = " to ".join(_number(end, claim) for end in found.predicted)
    if len(found.fresh) == 1:
        agrees = "it agrees with" if found.inside else "it differs from"
        return f"{said}; {agrees} the other {found.others}, which predict {room}{'' if found.inside else f' ({BY_CHANCE})'}."
    return f"{said}; {found.inside} within what the other {found.others} predict for one seed, {room}."


def summary(verdicts: Sequence[Verdict], seeds: Sequence[int], is_fresh: Sequence[bool]) -> str:
    """Return on how many statements the further seeds fell where the others predicted, in one sentence; empty without further seeds."""
    every = [found for verdict in verdicts if (found := agreement(verdict, is_fresh)) is not None and found.predicted is not None]
    if not every:
        return ""
    names, number = name_of([seed for seed, new in zip(seeds, is_fresh, strict=True) if new]), len(every[0].fresh)
    inside, asked = sum(found.inside for found in every), sum(len(found.fresh) for found in every)
    agree = "agrees" if number == 1 else "agree"
    return (f"Your {names} {agree} with the other {every[0].others} in {inside} of {asked} differences; {BY_CHANCE}.")


def name_of(seeds: Sequence[int]) -> str:
    """Return ``seed 105`` or ``seeds 105-107``."""
    return f"seed{'s' if len(seeds) > 1 else ''} {format_seeds(tuple(seeds))}"


def _number(value: float, claim: Claim) -> str:
    if claim.ratio:
        return f"times {words.number(math.exp(min(value, 700.0)))}"
    return words.number(value, "pt" if claim.unit == "%" else claim.unit, signed=True)
