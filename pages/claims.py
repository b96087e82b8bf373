"""Claims: every statement of the house in one table, with its verdict, its control, its margin and the run that it rests on."""

from typing import Any

import pandas as pd
import streamlit as st

from core.lab import statements
from core.lab.claims import KINDS, WORDS
from pages._ui import addresses, shell
from pages._ui.plain import plain
from pages._ui.verdicts import COLOURS

ANY = "any"
ORDER = ("verdict", "statement", "difference", "run", "seeds", "control", "rule", "since", "paper", "kind", "experiment", "preset")
COUNTED = {  # what a number above the table says, and the words that it counts
    "Hold": ("holds",), "Weaker": ("weaker than published",), "Contradicted": ("contradicted",), "Open": ("inconclusive",),
    "Not testable": ("not testable here",), "No run yet": (statements.NO_RUN,)}


@st.cache_data(show_spinner="Reading every verdict")
def records() -> list[dict[str, Any]]:
    """Return every statement with its verdicts; the runs that ship do not change while the app runs."""
    return statements.statements()


def draw_counts(found: dict[str, list[dict[str, Any]]]) -> None:
    """Draw how many claims of papers came to which verdict, and name those that are contradicted."""
    with st.grid(6, min_column_width=120):
        for label, words in COUNTED.items():
            st.metric(label, sum(len(found.get(word, ())) for word in words), border=True)
    st.caption(f"{sum(map(len, found.values()))} claims of papers, each counted once, by the run that its room shows first.")
    if contradicted := found.get("contradicted"):
        st.markdown("## Contradicted here")
        st.markdown("\n".join(f"- [{plain(one['statement'])}]({addresses.path(one['experiment'], one['run'])}), {plain(one['source'])}: "
                              f"{plain(one['shown_difference'])}" for one in contradicted))


def chosen(whole: pd.DataFrame) -> pd.DataFrame:
    """Draw the filters; return the rows that fit."""
    with st.grid(3, min_column_width=200):
        kind = st.selectbox("Kind", [ANY, *KINDS], key="kind", bind="query-params",
                            format_func=lambda name: "All kinds" if name == ANY else KINDS[name])
        verdict = st.selectbox("Verdict", [ANY, *WORDS, statements.NO_RUN], key="verdict", bind="query-params",
                               format_func=lambda name: "Any verdict" if name == ANY else name.capitalize())
        text = (st.text_input("Words", key="words", placeholder="paper, statement or room", live=True) or "").strip().lower()
    fits = whole[["paper", "statement", "control", "experiment"]].agg(" ".join, axis=1).str.lower().str.contains(text, regex=False)
    return whole[fits & (whole["kind"].eq(kind) | (kind == ANY)) & (whole["word"].eq(verdict) | (verdict == ANY))]


def draw_table(shown: pd.DataFrame) -> None:
    """Draw the statements, those with a verdict first, with each verdict as the badge of its card and a link that opens the run."""
    shown = shown.sort_values("word", key=lambda words: words.map([*WORDS, statements.NO_RUN].index), kind="stable")
    colours = {badge: COLOURS.get(word, "gray") for badge, word in zip(shown["verdict"], shown["word"], strict=True)}
    links = [addresses.path(one, run) if run else None for one, run in zip(shown["experiment"], shown["run"], strict=True)]
    table = shown.assign(verdict=[[badge] for badge in shown["verdict"]], kind=shown["kind"].map(KINDS), run=links).drop(columns="word")
    st.dataframe(table, hide_index=True, height=620, column_order=ORDER, column_config={
        "verdict": st.column_config.MultiselectColumn("verdict", options=list(colours), color=list(colours.values()), width=150),
        "run": st.column_config.LinkColumn("run", display_text="open", width="small"),
        "statement": st.column_config.TextColumn(width=480), "difference": st.column_config.TextColumn(width=205)})


shell.open_page("Claims")
st.title("What was claimed, and what happened here?", anchor=False)
st.caption("Three kinds of statement are told apart and never counted together: a paper's claim, a self-check of the instrument, a "
           "question of the house. A verdict takes five seeds.")
draw_counts(statements.counted(records()))
st.header("Every statement", anchor=False)
st.caption("One row for each statement and each run that ships and judges it; the link opens the run.")
rows = chosen(pd.DataFrame(statements.rows(records()), columns=list(statements.COLUMNS)))
st.markdown(f"**{len(rows)} statements**")
draw_table(rows)
st.header("Sentences without a claim", anchor=False)
st.caption("What the papers say beyond that, as far as they could be read, and why there is no verdict on it.")
st.dataframe(pd.DataFrame(statements.untested()), hide_index=True, row_height=64, column_order=("sentence", "why", "paper", "read"),
             column_config={
    "sentence": st.column_config.TextColumn(width="large"), "why": st.column_config.TextColumn(width="large")})
