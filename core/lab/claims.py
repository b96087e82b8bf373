"""Published claims as records, and verdicts computed from the interval over seeds, never written by hand."""

import math
from dataclasses import dataclass
from typing import Literal

from core.lab.estimate import FEWEST_SEEDS, Estimate

VerdictWord = Literal["holds", "contradicted", "inconclusive"]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One published statement, how it is measured here, and the control that a sceptic would ask for.

    Attributes:
        id: Slug, unique within the experiment.
        statement: The claim in one clause.
        source: Paper and section, or where else it is said.
        effect: Name of the result's metric that measures it, one number per seed.
        effect_words: What that number is, as a label.
        expected: Side of ``reference`` on which the claim expects the effect; ``within`` means no farther than ``margin``.
        reference: The value of no effect.
        margin: Smallest effect that counts (above, below), or the tolerated distance (within).
        control: Name of the metric that repeats the measurement where the claimed cause is absent.
        control_words: What the control is, in words.
        control_reference: What the control shows when it is sound.
        control_margin: How far the control may lie from that; a control whose mean lies beyond it makes the verdict inconclusive.
        published: What the source reports, or "not available".
        unit: Unit of effect and control: "" for plain numbers, "%" for fractions shown as per cent, "pt" for their differences.
        note: What a sceptic must know about how it is judged, one sentence without its full stop; empty for nothing.
    """

    id: str
    statement: str
    source: str
    effect: str
    effect_words: str
    expected: Literal["above", "below", "within"]
    reference: float
    margin: float = 0.0
    control: str
    control_words: str
    control_reference: float
    control_margin: float
    published: str = "not available"
    unit: Literal["", "%", "pt"] = ""
    note: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the seeds say about a claim; ``reason`` is one sentence and names what would settle an open case."""

    claim: Claim
    verdict: VerdictWord
    effect: Estimate
    control: Estimate
    reason: str


def decide(claim: Claim, effect: Estimate, control: Estimate) -> Verdict:
    """Return the verdict that the two intervals imply.

    ``holds`` and ``contradicted`` need at least three seeds, the whole 95 % interval on one side, and a control whose mean lies where
    it must. Where the control's interval reaches beyond, the verdict stands and its reason says so.
    """
    word, reason = _decide(claim, effect, control)
    return Verdict(claim, word, effect, control, reason)


def _decide(claim: Claim, effect: Estimate, control: Estimate) -> tuple[VerdictWord, str]:
    if effect.n < FEWEST_SEEDS:
        return "inconclusive", f"{effect.n} of at least {FEWEST_SEEDS} seeds: no interval yet."
    if effect.low is None or effect.high is None:
        return "inconclusive", "The effect could not be resolved in every seed."
    if control.low is None or control.high is None:
        return "inconclusive", "The control could not be resolved in every seed."
    floor, ceiling = claim.control_reference - claim.control_margin, claim.control_reference + claim.control_margin
    if not floor <= control.value <= ceiling:
        return "inconclusive", (
            "The control moves as well, so the effect cannot be put down to the claimed cause."
            if abs(control.value - claim.reference) > abs(claim.control_reference - claim.reference) else
            "The control shows less than it must, so there was nothing for the claimed cause to change.")
    low, high = _holding_region(claim)
    wide = "" if floor <= control.low and control.high <= ceiling else " The control is sound on average, but not in its whole interval."
    if effect.low > low and effect.high < high:
        return "holds", f"The whole interval lies where the claim expects it.{wide}"
    if effect.low > high or effect.high < low:
        return "contradicted", f"The whole interval lies outside what the claim expects.{wide}"
    return "inconclusive", _what_would_settle(effect, low, high)


def _holding_region(claim: Claim) -> tuple[float, float]:
    if claim.expected == "above":
        return claim.reference + claim.margin, math.inf
    if claim.expected == "below":
        return -math.inf, claim.reference - claim.margin
    return claim.reference - claim.margin, claim.reference + claim.margin


def _what_would_settle(effect: Estimate, low: float, high: float) -> str:
    """Return how many seeds would do, if the mean stays: the half width shrinks with the root of n."""
    distance = min(abs(effect.value - edge) for edge in (low, high) if math.isfinite(edge))
    half = (effect.high - effect.low) / 2
    if distance <= 0 or half <= 0 or (half / distance) ** 2 * effect.n > 200:
        return "The interval straddles the edge, and more seeds alone are unlikely to settle it."
    seeds = math.ceil((half / distance) ** 2 * effect.n) + 1
    return f"The interval straddles the edge; about {seeds} seeds in all would settle it if the mean stays."
