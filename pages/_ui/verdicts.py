"""Verdict cards: what was claimed, and what happened here. A verdict speaks about the claim, so it is never green or red."""

import math

import pandas as pd
import streamlit as st

from core.lab import strip, words
from core.lab.claims import KINDS, Claim, Verdict, holm, rule, tally
from core.lab.replication import told
from core.lab.runs import Run
from core.lab.standing import standing, worst_first
from pages._ui import glyph, replication, spelled
from pages._ui.plain import plain

MOST_CARDS = 3
COLOURS = {"holds": "blue", "weaker than published": "blue", "contradicted": "orange"}
BADGES = {
    "holds": ":blue-badge[:material/check_circle: **{}**]",
    "weaker than published": ":blue-badge[:material/signal_cellular_alt_1_bar: **{}**]",
    "contradicted": ":orange-badge[:material/cancel: **{}**]",
    "inconclusive": ":gray-badge[:material/contrast: **{}**]",
    "not testable here": ":gray-badge[:material/block: **{}**]",
}
KIND_BADGES = {"paper": ":gray-badge[:material/article: {}]", "self-check": ":gray-badge[:material/build: {}]",
               "question": ":gray-badge[:material/help: {}]"}


def badge(verdict: Verdict) -> str:
    """Return the verdict's word as a badge."""
    return BADGES[verdict.verdict].format(verdict.title)


def draw(run: Run) -> None:
    """Draw every claim that the run can speak about, the contradicted first: cards where there are few, else a table and one card."""
    st.space("small")
    st.header("What was claimed, and what happened here", anchor=False)
    fresh = any(replication.are_fresh(run))
    st.caption(plain(f"Each strip: effect minus control, one small dot per seed, the interval over seeds. Shaded: what the claim expects. "
                     f"{'Diamonds: your own seeds, beside those that ship. ' if fresh else ''}{tally(run.verdicts)}"
                     f"{f' {replication.summary(run)}' if fresh else ''}", most=1000))
    measured = worst_first([verdict for verdict in run.verdicts if not _is_open(verdict)])
    if len(measured) > MOST_CARDS:
        _card(run, measured[_chosen(run, measured)])
    else:
        with st.grid(len(measured) or 1, min_column_width=270):
            for verdict in measured:
                _card(run, verdict)
    if said := unmeasured(run):
        st.caption(plain(said, most=1000))
    spelled.caption(*(text for verdict in measured for text in (
        verdict.claim.statement, verdict.claim.effect_words, verdict.claim.control_words, verdict.claim.published, verdict.claim.note)))


def _chosen(run: Run, measured: list[Verdict]) -> int:
    """Draw verdicts as a table; return which one's card the reader wants, at first the first."""
    rows = pd.DataFrame({
        "verdict": [[verdict.title] for verdict in measured], "claim": [verdict.claim.statement for verdict in measured],
        "difference": [words.difference(verdict.difference, verdict.claim.unit, ratio=verdict.claim.ratio) for verdict in measured],
        "control": [verdict.claim.control_words for verdict in measured], "published": [verdict.claim.published for verdict in measured],
        "kind": [KINDS[verdict.claim.kind] for verdict in measured]})
    colours = {verdict.title: COLOURS.get(verdict.verdict, "gray") for verdict in measured}
    with st.container(key="screen-only-claims", gap="xsmall"):
        picked = _picked(run, rows, colours)
    return picked[0] if picked and picked[0] < len(measured) else 0


def _picked(run: Run, rows: pd.DataFrame, colours: dict[str, str]) -> list[int]:
    shown = st.dataframe(
        rows, hide_index=True, key=f"claims:{run.request.run}", on_select="rerun", selection_mode="single-row", row_height=44,
        alt=words.shortened(f"{len(rows)} claims with their verdicts, the contradicted first. {standing(run.verdicts)}"),
        column_config={
            "verdict": st.column_config.MultiselectColumn("Verdict", options=list(colours), color=list(colours.values()), pinned=True),
            "claim": st.column_config.TextColumn("Claim", width=460),
            "difference": st.column_config.TextColumn("Effect minus control", width=215),
            "control": st.column_config.TextColumn("Control", width="medium"),
            "published": st.column_config.TextColumn("Published", width="medium"), "kind": st.column_config.TextColumn("Whose")})
    st.caption(":material/ads_click: Choose a row by the box at its left to see that claim's card; the first one is shown below.")
    return shown.selection.rows


def unmeasured(run: Run) -> str:
    """Return a sentence that names the claims of which the run has no number; empty where it has one for each."""
    statements = [verdict.claim.statement for verdict in run.verdicts if _is_open(verdict)]
    return (f"Without a number here, since what they need was left out or not reached: {'; '.join(statements)}." if statements else "")


def _is_open(verdict: Verdict) -> bool:
    return math.isnan(verdict.effect.value)


def _card(run: Run, verdict: Verdict) -> None:
    claim, fresh = verdict.claim, replication.are_fresh(run)
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"{badge(verdict)} {KIND_BADGES[claim.kind].format(KINDS[claim.kind])} "
                    f"{plain(f'{verdict.reason}{holm(verdict)}', most=1000)}")
        st.markdown(f"### {plain(claim.statement)}")
        glyph.show(strip_of(verdict, fresh), key=f"verdict:{run.request.run}:{claim.id}", what=claim.effect_words)
        st.table({
            "Here": f"{plain(claim.effect_words)}: {_short(verdict.effect, claim)}",
            "Control": f"{plain(claim.control_words)}: {_short(verdict.control, claim)}",
            "Difference": words.difference(verdict.difference, claim.unit, ratio=claim.ratio),
            "Published": plain(claim.published)}, border="horizontal")
        if said := told(verdict, run.request.seeds, fresh):
            st.markdown(f":material/stat_0: {plain(said)}")
        note = f" {plain(claim.note)}." if claim.note else ""
        st.caption(f"{note} {plain(claim.source)}.".strip())
        changes = "".join(f" Changed on {date}: {plain(sentence)}." for date, sentence in claim.changes)
        st.caption(f"{plain(rule(claim))}.{changes}")


def _short(estimate: words.Estimate, claim: Claim) -> str:
    value = words.number(estimate.value, claim.unit)
    return value if estimate.low is None else f"{value} ({words.interval(estimate, claim.unit)})"


def strip_of(verdict: Verdict, is_fresh: tuple[bool, ...] = ()) -> strip.Strip:
    """Return effect minus control as a strip, or effect over control where they compare as a ratio.

    ``is_fresh`` says for each seed whether it joined those that ship; none did where it is empty.
    """
    claim, shown = verdict.claim, verdict.difference
    marked = list(zip(verdict.differences, is_fresh or (False,) * len(verdict.differences), strict=True))
    repeats, fresh = ([value for value, new in marked if new is kind] for kind in (False, True))
    low, high = claim.region
    origin = 0.0
    if claim.ratio:
        shown, origin = words.exponential(shown) if not math.isnan(shown.value) else shown, 1.0
        low, high = math.exp(low), math.exp(min(high, 700.0)) if math.isfinite(high) else high
        repeats, fresh = ([math.exp(min(value, 700.0)) for value in values] for values in (repeats, fresh))
    ends = [shown.value, shown.low, shown.high, origin, low, high, *repeats, *fresh]
    return strip.Strip(
        estimate=shown, unit="pt" if claim.unit == "%" else claim.unit, baseline=origin,
        baseline_name="expected" if claim.expected == "within" else "no effect",
        span=strip.span_of([end for end in ends if end is not None and math.isfinite(end)]), signed=not claim.ratio,
        repeats=tuple(repeats), fresh=tuple(fresh), expected=(low, high))


def badges(run: Run) -> None:
    """Draw the verdicts on papers as badges alone, for a card on Home; other kinds are not counted among them."""
    with st.container(horizontal=True, gap="xsmall"):
        for verdict in run.verdicts:
            if verdict.claim.kind == "paper":
                st.markdown(badge(verdict).replace("**", ""), width="content", help=verdict.claim.statement)
