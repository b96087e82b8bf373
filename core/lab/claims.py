"""Statements as records, and verdicts computed from paired differences over seeds, never written by hand.

A verdict is about effect minus control, seed by seed. What must be true before a statement can be tested at all is a precondition, and
where it fails the verdict is "not testable here": a word of its own, and no word on the paper.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from core.lab import words
from core.lab.contrast import Contrast, survivors
from core.lab.estimate import Estimate, over_seeds, ratio_over_seeds

Word = Literal["holds", "weaker than published", "contradicted", "inconclusive", "not testable here"]
Kind = Literal["paper", "self-check", "question"]
WORDS: tuple[Word, ...] = ("holds", "weaker than published", "contradicted", "inconclusive", "not testable here")
FEWEST = 5
"""Seeds without which there is no verdict."""
KINDS: Mapping[Kind, str] = MappingProxyType({"paper": "Paper", "self-check": "Self-check", "question": "Question of the house"})
PAIRED = ("2026-11-29", "The control is subtracted seed by seed and a verdict takes five seeds; until then the control's mean was a gate "
          "and three seeds were enough")
"""What changed for every claim that was first judged before that day."""
HALF_BAR = ("The interval lies under half the bar and does not exclude none; that this contradicts is a rule of the house, set on "
            "2026-11-29 after stored runs had been looked at.")
LOOKED = ("2026-11-29", "The claim and its margin were set after stored runs had been looked at")
NEEDS = ("2026-11-29", "The bars of what it needs were set after stored runs had been looked at")
NO_TEST = "adding seeds until it settles is no test"


@dataclass(frozen=True, kw_only=True)
class Precondition:
    """What must be true before a claim can be tested; checked on the mean over seeds, since it is no finding but a state of affairs.

    Attributes:
        metric: Name of the result's metric that tells it.
        at_least: Smallest value that will do; None sets none.
        at_most: Largest value that will do; None sets none.
        words: What must be so, as a clause: "the cue was learned".
        remedy: What would make it so, as a clause that begins with a verb: "take a stronger mark".
    """

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    words: str
    remedy: str

    def is_met(self, values: Sequence[float]) -> bool:
        """Whether the mean over seeds does; a number that is missing does not."""
        mean = sum(values) / len(values) if values else math.nan
        return (not math.isnan(mean) and (self.at_least is None or mean >= self.at_least)
                and (self.at_most is None or mean <= self.at_most))


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One statement, how it is measured here, and the control that is subtracted.

    Attributes:
        id: Slug, unique within the experiment.
        kind: A paper's claim, a self-check of the instrument, or a question of the house; they are never counted together.
        statement: The claim in one clause.
        source: Paper and section, or where else it is said.
        effect: Name of the result's metric that measures it, one number per seed.
        effect_words: What that number is, as a label.
        control: Name of the metric that repeats the measurement where the claimed cause is absent; it is subtracted seed by seed. Empty
            where a number that is known without measuring, ``reference``, stands in its place.
        control_words: What the control, or the reference, is.
        reference: What is subtracted where there is no control.
        expected: Side of zero on which the claim expects effect minus control; ``within`` means no farther than ``margin``.
        margin: Smallest difference that counts (above, below), or the tolerated distance (within). Below zero it is what is tolerated on
            the other side: "no more than so much worse".
        margin_reason: Why this margin, one clause.
        margin_date: Since when it stands, ISO.
        published: What the source reports, or "not available".
        published_value: The published difference as a number in the units of the metric; None where there is none.
        unit: Unit of effect and control: "" for plain numbers, "%" for fractions shown as per cent, "pt" for their differences.
        ratio: Whether effect and control are compared as a ratio: differences, margin and published value are then logarithms.
        resolution: Smallest step of the difference within one seed, for example 1 / 30 for a share of 30 images; see ``Contrast``.
        note: What a sceptic must know about how it is judged, one sentence without its full stop; empty for nothing.
        preconditions: What must be so before it can be tested, checked in order.
        changes: What was changed about claim, control or margin after a first run had been seen: date and sentence each.
    """

    id: str
    kind: Kind
    statement: str
    source: str
    effect: str
    effect_words: str
    control: str = ""
    control_words: str
    reference: float = 0.0
    expected: Literal["above", "below", "within"]
    margin: float = 0.0
    margin_reason: str = "any difference counts"
    margin_date: str
    published: str = "not available"
    published_value: float | None = None
    unit: Literal["", "%", "pt"] = ""
    ratio: bool = False
    resolution: float = 0.0
    note: str = ""
    preconditions: tuple[Precondition, ...] = ()
    changes: tuple[tuple[str, str], ...] = ()

    @property
    def region(self) -> tuple[float, float]:
        """Where the claim expects effect minus control."""
        if self.expected == "within":
            return -self.margin, self.margin
        return (self.margin, math.inf) if self.expected == "above" else (-math.inf, -self.margin)

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of all metrics that the verdict reads."""
        return (self.effect, *((self.control,) if self.control else ()), *(one.metric for one in self.preconditions))


def after_looking(*claims: Claim) -> tuple[Claim, ...]:
    """Return the claims of a room with stored runs from before 29 November: what was set that day says that those had been seen."""
    day = LOOKED[0]
    return tuple(replace(claim, changes=(
        *((LOOKED,) if claim.margin_date == day else ()), *claim.changes,
        *((NEEDS,) if claim.margin_date != day and claim.preconditions else ()))) for claim in claims)


@dataclass(frozen=True)
class Verdict:
    """What the seeds say about a claim.

    Attributes:
        claim: The claim.
        verdict: The word.
        effect: The effect with its interval.
        control: The control with its interval, or the reference.
        difference: Effect minus control, paired, with its interval; a logarithm where the claim compares as a ratio.
        reason: One or two sentences: why this word, and what would settle an open case.
        differences: Effect minus control, one number per seed.
        p: One-sided probability of such a finding if the claim were just not true; None where nothing was tested.
        survives: Whether a paper's claim that holds still does after Holm's correction within the run; None for other verdicts.
    """

    claim: Claim
    verdict: Word
    effect: Estimate
    control: Estimate
    difference: Estimate
    reason: str
    differences: tuple[float, ...] = ()
    p: float | None = None
    survives: bool | None = None

    @property
    def title(self) -> str:
        """The word as a badge says it: a bar that no paper set is not published, and few seeds point a way and do not decide."""
        if self.verdict == "inconclusive" and self.difference.n < FEWEST:
            low, high = self.claim.region
            toward = sum(low <= value <= high for value in self.differences)
            if self.difference.n == 1:
                return f"One seed, {'same way' if toward else 'against'}"
            return f"{toward} of {self.difference.n} seeds the same way"
        if self.verdict == "weaker than published" and (self.claim.kind != "paper" or self.claim.published_value is None):
            return "Weaker than the bar"
        return self.verdict.capitalize()


def decide(claim: Claim, values: Mapping[str, Sequence[float]]) -> Verdict:
    """Return the verdict that the seeds imply; ``values`` has one number per seed for each of the claim's metrics.

    Preconditions come first. Then at least five seeds are needed, and the whole 95 % interval of the paired difference on one side;
    ``within`` is tested by two one-sided tests at 5 %.
    """
    effect = values[claim.effect]
    control = values[claim.control] if claim.control else [claim.reference] * len(effect)
    contrast = Contrast(tuple(_difference(claim, one, other) for one, other in zip(effect, control, strict=True)), claim.resolution)
    averaged = ratio_over_seeds if claim.ratio else over_seeds
    against = averaged(control) if claim.control else Estimate(claim.reference, None, None, contrast.n)
    word, reason, p = _judge(claim, contrast, values)
    return Verdict(claim, word, averaged(effect), against, contrast.estimate(), reason, contrast.differences, p)


def _difference(claim: Claim, effect: float, control: float) -> float:
    if not claim.ratio:
        return effect - control
    return math.log(effect / control) if effect > 0 and control > 0 else math.nan


def _judge(claim: Claim, contrast: Contrast, values: Mapping[str, Sequence[float]]) -> tuple[Word, str, float | None]:
    if contrast.n and all(math.isnan(value) for value in contrast.differences):
        return "not testable here", "This run has no number for it: what it needs was left out or not reached.", None
    for one in claim.preconditions:
        if not one.is_met(values[one.metric]):
            return "not testable here", f"It needs that {one.words}, which is not so in this run. To test it, {one.remedy}.", None
    if math.isnan(contrast.mean):
        missing = sum(math.isnan(value) for value in contrast.differences)
        return "not testable here", (
            f"{missing} of {contrast.n} seeds did not reach what it needs, and a mean over the others would be biased."), None
    if contrast.n < FEWEST:
        return "inconclusive", _too_few(claim, contrast), None
    if contrast.error == 0.0:
        return "inconclusive", "Every seed gave the same number, and nothing says how fine it is, so there is no interval.", None
    return _equivalence(claim, contrast) if claim.expected == "within" else _direction(claim, contrast)


def _too_few(claim: Claim, contrast: Contrast) -> str:
    low, high = claim.region
    inside = sum(low <= value <= high for value in contrast.differences)
    if contrast.n == 1:
        return f"One seed: it points {'the same way as' if inside else 'against'} the claim. A verdict takes at least {FEWEST} seeds."
    return f"{contrast.n} of at least {FEWEST} seeds: {inside} of them point the same way as the claim."


def _equivalence(claim: Claim, contrast: Contrast) -> tuple[Word, str, float | None]:
    margin = claim.margin
    p = max(contrast.p_above(-margin), contrast.p_below(margin))
    if p < 0.05:
        return "holds", "Two one-sided tests place the difference within the margin.", p
    low, high = contrast.interval()
    if low > margin or high < -margin:
        return "contradicted", "The whole interval lies beyond the margin.", p
    return "inconclusive", f"The interval reaches across the margin. {_settle(contrast, abs(margin - abs(contrast.mean)), 0.95)}", p


def _direction(claim: Claim, contrast: Contrast) -> tuple[Word, str, float | None]:
    sign = 1.0 if claim.expected == "above" else -1.0
    low, high = sorted(sign * end for end in contrast.interval())
    bar, mean = claim.margin, sign * contrast.mean
    p = contrast.p_above(bar) if sign > 0 else contrast.p_below(-bar)
    if low > bar:
        return "holds", f"The whole interval lies where the claim expects it.{_beside_published(claim, sign, low, high)}", p
    if bar <= 0:
        if high < bar:
            return "contradicted", "The whole interval lies on the other side.", p
        return "inconclusive", f"The interval reaches across the edge. {_settle(contrast, abs(mean - bar))}", p
    if high < bar:
        if low > 0:
            return "weaker than published", "The direction is the claimed one, and the whole interval lies under the bar.", p
        if high < bar / 2:
            return "contradicted", HALF_BAR, p
        return "inconclusive", f"It is less than the bar; whether anything is left is open. {_settle(contrast, abs(mean))}", p
    return "inconclusive", f"The interval reaches across the bar. {_settle(contrast, abs(mean - bar))}", p


def _beside_published(claim: Claim, sign: float, low: float, high: float) -> str:
    if claim.published_value is None or low <= sign * claim.published_value <= high:
        return ""
    return f" It is {'smaller' if high < sign * claim.published_value else 'larger'} than what was published."


def _settle(contrast: Contrast, distance: float, share: float = 0.975) -> str:
    seeds = contrast.seeds_needed(distance, share)
    if seeds is None:
        return "More seeds alone are unlikely to settle it."
    return f"About {seeds} seeds, fixed beforehand, would settle it if mean and spread stay; {NO_TEST}."


def judge(claims: Sequence[Claim], values: Mapping[str, Sequence[float]]) -> tuple[Verdict, ...]:
    """Return the verdicts of a run in the order of its claims, with Holm's correction over the papers' claims that were tested."""
    found = [decide(claim, values) for claim in claims]
    tested = [index for index, verdict in enumerate(found) if verdict.claim.kind == "paper" and verdict.p is not None]
    stands = dict(zip(tested, survivors([two_sided(found[index]) for index in tested]), strict=True))
    return tuple(replace(verdict, survives=stands[index]) if index in stands and verdict.verdict == "holds" else verdict
                 for index, verdict in enumerate(found))


def two_sided(verdict: Verdict) -> float:
    """Return the probability on the scale where 5 % is the level of every claim: twice the one-sided one where direction is tested."""
    assert verdict.p is not None
    return verdict.p if verdict.claim.expected == "within" else min(1.0, 2 * verdict.p)


def false_holds(verdicts: Sequence[Verdict]) -> float:
    """Return how many of a run's tested claims of papers chance alone would make hold, were none of them true."""
    return sum(0.05 if verdict.claim.expected == "within" else 0.025
               for verdict in verdicts if verdict.claim.kind == "paper" and verdict.p is not None)


def tally(verdicts: Sequence[Verdict]) -> str:
    """Return what a run's verdicts on papers come to, in a sentence or two."""
    papers = [verdict for verdict in verdicts if verdict.claim.kind == "paper"]
    tested = [verdict for verdict in papers if verdict.p is not None]
    if not tested:
        return f"No verdict yet on {len(papers)} {_claims(papers)}: each takes {FEWEST} seeds and what it needs." if papers else ""
    holds = [verdict for verdict in tested if verdict.verdict == "holds"]
    standing = sum(bool(verdict.survives) for verdict in holds)
    return (f"Of {len(tested)} tested {_claims(tested)} {len(holds)} hold{'s' if len(holds) == 1 else ''}, "
            f"{standing} of them after Holm's correction; were none true, chance would make {false_holds(verdicts):.1f} hold.")


def _claims(verdicts: Sequence[Verdict]) -> str:
    return "claim of a paper" if len(verdicts) == 1 else "claims of papers"


def rule(claim: Claim) -> str:
    """Return by which rule a claim is judged, with the reason of its margin and since when it stands."""
    told = words.margin(claim.margin, claim.expected, claim.unit, ratio=claim.ratio)
    return f"{told[0].upper()}{told[1:]}: {claim.margin_reason}; since {claim.margin_date}"


def holm(verdict: Verdict) -> str:
    """Return a sentence on what is left of a finding among all the claims of its run; empty where nothing is to be said."""
    return "" if verdict.survives is not False else " Among all claims of this run it does not stand: Holm's correction takes it."
