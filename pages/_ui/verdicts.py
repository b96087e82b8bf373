"""Verdict cards: what was claimed, and what happened here. A verdict speaks about the claim, so it is never green or red."""

import math

import streamlit as st

from core.lab import strip, words
from core.lab.claims import Claim, Verdict
from core.lab.runs import Run
from pages._ui import glyph
from pages._ui.plain import plain

BADGES = {
    "holds": ":blue-badge[:material/check_circle: **Holds**]",
    "contradicted": ":orange-badge[:material/cancel: **Contradicted**]",
    "inconclusive": ":gray-badge[:material/contrast: **Inconclusive**]",
}


def draw(run: Run) -> None:
    """Draw one card for every claim that the run can speak about, in declared order, then name the others."""
    st.space("small")
    st.header("What was claimed, and what happened here", anchor=False)
    st.caption("Shaded: where the claim expects the effect. The interval is over seeds.")
    measured = [verdict for verdict in run.verdicts if not _is_open(verdict)]
    with st.grid(2 if len(measured) in (2, 4) else 3, min_column_width=270):
        for verdict in measured:
            _card(run, verdict)
    if said := unmeasured(run):
        st.caption(plain(said, most=1000))


def unmeasured(run: Run) -> str:
    """Return a sentence that names the claims of which the run has no number; empty where it has one for each."""
    statements = [verdict.claim.statement for verdict in run.verdicts if _is_open(verdict)]
    return (f"Without a number here, since what they need was left out or not reached: {'; '.join(statements)}." if statements else "")


def _is_open(verdict: Verdict) -> bool:
    return math.isnan(verdict.effect.value)


def _card(run: Run, verdict: Verdict) -> None:
    claim = verdict.claim
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(BADGES[verdict.verdict])
        st.markdown(f"##### {plain(claim.statement)}")
        glyph.show(_strip(verdict), key=f"verdict:{run.request.run}:{claim.id}", what=claim.effect_words)
        signed = claim.reference == 0
        st.table({
            "Here": f"{plain(claim.effect_words)}: {words.estimate(verdict.effect, claim.unit, signed=signed)}",
            "Published": plain(claim.published),
            "Control": f"{plain(claim.control_words)}: {_short(verdict, signed)}"}, border="horizontal")
        reason = "" if verdict.verdict == "holds" else f" {plain(verdict.reason)}"
        note = f" {plain(claim.note)}." if claim.note else ""
        st.caption(f"{plain(claim.source)}.{note}{reason}")


def _short(verdict: Verdict, signed: bool) -> str:
    estimate = verdict.control
    value = words.number(estimate.value, verdict.claim.unit, signed=signed)
    return value if estimate.low is None else f"{value} ({words.interval(estimate, verdict.claim.unit, signed=signed)})"


def _strip(verdict: Verdict) -> strip.Strip:
    claim, effect = verdict.claim, verdict.effect
    low, high = _expected(claim)
    ends = [effect.value, effect.low, effect.high, claim.reference, low, high]
    return strip.Strip(
        estimate=effect, unit=claim.unit, baseline=claim.reference, baseline_name=_baseline_name(claim),
        span=strip.span_of([end for end in ends if end is not None and math.isfinite(end)]), signed=claim.reference == 0,
        expected=(low, high))


def _baseline_name(claim: Claim) -> str:
    """Return what the reference is: a difference other than zero is a bound that the claim sets, not the value of no effect."""
    if claim.expected == "within":
        return "expected"
    return "no effect" if claim.reference in ((0.0,) if claim.unit == "pt" else (0.0, 0.5, 1.0)) else "bound"


def _expected(claim: Claim) -> tuple[float, float]:
    """Return the side, or the span, where the claim expects the effect."""
    if claim.expected == "above":
        return claim.reference + claim.margin, math.inf
    if claim.expected == "below":
        return -math.inf, claim.reference - claim.margin
    return claim.reference - claim.margin, claim.reference + claim.margin


def badges(run: Run) -> None:
    """Draw the verdicts as badges alone, for a card on Home."""
    with st.container(horizontal=True, gap="xsmall"):
        for verdict in run.verdicts:
            st.markdown(BADGES[verdict.verdict].replace("**", ""), width="content", help=verdict.claim.statement)
