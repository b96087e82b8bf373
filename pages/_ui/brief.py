"""A room in brief, for somebody who decides: a sentence to repeat, one figure, the claims in a line, and what was not tested."""

import streamlit as st

from core.lab import words
from core.lab.experiment import load_object
from core.lab.figure import Look
from core.lab.runs import Run
from core.lab.standing import standing, worst_first
from core.lab.texts import said_plainly
from pages._ui import answer, detail, drawing, provenance, spelled
from pages._ui.parts import Parts, lead
from pages._ui.plain import plain

MOST, MOST_ROWS = 1000, 11


def sentence(run: Run) -> str:
    """Return the finding in counts."""
    return said_plainly(load_object(run.request.experiment.texts), run)


def draw(run: Run, look: Look, parts: Parts) -> None:
    """Draw the brief of a finished run."""
    st.header(plain(sentence(run), most=MOST), anchor=False)
    answer.draw_caution(run)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        provenance.draw_report(run)
        st.button("Set up a run, see the evidence", icon=":material/tune:", type="tertiary", key="brief:full", on_click=detail.open_full)
    if parts.brief is not None:
        parts.brief(run, look)
    else:
        drawing.show(lead(run), run, look)
    draw_scope(run)
    provenance.draw_source(run)


def draw_first_page(run: Run) -> None:
    """Draw what stands first on paper and nowhere on a screen: the brief without its figure, and claims in rows, the contradicted first."""
    with st.container(key="print-only-summary", gap="small"):
        st.markdown(f"## {plain(sentence(run), most=MOST)}")
        draw_scope(run)
        if run.verdicts:
            rows = [(verdict.title, verdict.claim.statement,
                     words.difference(verdict.difference, verdict.claim.unit, ratio=verdict.claim.ratio), verdict.claim.control_words)
                    for verdict in worst_first(run.verdicts)[:MOST_ROWS]]
            st.markdown("\n".join(["| Verdict | Claim | Effect minus control | Control |", "|---|---|---|---|",
                                   *("| " + " | ".join(map(plain, row)) + " |" for row in rows)]))
        if len(run.verdicts) > MOST_ROWS:
            st.caption(f"{len(run.verdicts) - MOST_ROWS} more stand in the report.")


def draw_scope(run: Run) -> None:
    """Draw how sure the finding is, what became of published claims, what it speaks about, and what was not tested."""
    texts = load_object(run.request.experiment.texts)
    st.markdown(f"**How sure.** {plain(texts.answer(run), most=MOST)}")
    st.markdown(f"**Published claims.** {plain(standing(run.verdicts), most=MOST)}")
    st.markdown(f"**What it speaks about.** {answer.subject(run)}. {plain(provenance.made_from(run.request))[:1].upper()}"
                f"{plain(provenance.made_from(run.request))[1:]}, {plain(_seeds(run))}.")
    if texts.untested:
        st.markdown("**Not tested here.**\n" + "\n".join(f"- {line}" for line in texts.untested))
    spelled.caption(sentence(run), texts.answer(run), standing(run.verdicts), answer.subject(run), *texts.untested)


def _seeds(run: Run) -> str:
    n = len(run.request.seeds)
    return "computed once" if n == 1 else load_object(run.request.experiment.texts).repeats.format(n=n)
