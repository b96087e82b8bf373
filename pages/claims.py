"""Claims: every statement of the house in one table, with its verdict, its control, its margin and the run that it rests on."""

import pandas as pd
import streamlit as st

from core.lab import statements
from core.lab.claims import KINDS, WORDS
from pages._ui import shell
from pages._ui.rooms import CLAIMS

ANY = "any"


@st.cache_data(show_spinner="Reading every verdict")
def table() -> pd.DataFrame:
    """Return the statements as rows; the runs that ship do not change while the app runs."""
    return pd.DataFrame(statements.rows(statements.statements()), columns=list(statements.COLUMNS))


def chosen(whole: pd.DataFrame) -> pd.DataFrame:
    """Draw the filters; return the rows that fit."""
    with st.grid(3, min_column_width=200):
        kind = st.selectbox("Kind", [ANY, *KINDS], key="kind", bind="query-params",
                            format_func=lambda name: "All kinds" if name == ANY else KINDS[name])
        verdict = st.selectbox("Verdict", [ANY, *WORDS], key="verdict", bind="query-params",
                               format_func=lambda name: "Any verdict" if name == ANY else name.capitalize())
        text = (st.text_input("Words", key="words", placeholder="paper, statement or room", live=True) or "").strip().lower()
    fits = whole[["paper", "statement", "control", "experiment"]].agg(" ".join, axis=1).str.lower().str.contains(text, regex=False)
    return whole[fits & (whole["kind"].eq(kind) | (kind == ANY)) & (whole["verdict"].eq(verdict) | (verdict == ANY))]


shell.open_page(CLAIMS, "Claims")
st.title("What was claimed, and what happened here?", anchor=False)
st.caption("One row for each statement and each run that ships and judges it. Three kinds are told apart and never counted together: "
           "a paper's claim, a self-check of the instrument, a question of the house. A verdict takes five seeds.")
shown = chosen(table())
papers = shown[shown["kind"] == "paper"]["verdict"].value_counts()
st.markdown(f"**{len(shown)} statements**; of papers: " + (", ".join(f"{n} {word}" for word, n in papers.items()) or "none") + ".")
links = shown.assign(run=[f"/{one}?run={run}" if run else "" for one, run in zip(shown["experiment"], shown["run"], strict=True)])
st.dataframe(links, hide_index=True, height=620, column_config={
    "run": st.column_config.LinkColumn("run", display_text="open"), "statement": st.column_config.TextColumn(width="large")})
