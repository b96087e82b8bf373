"""Answers of several states of a model, side by side: text of a model is shown as text, and what should be a refusal and is none only
after a click.
"""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.lab.runs import Run
from core.safety.units.figures_states import states_of
from core.safety.withheld import is_withheld
from pages._ui.controls import view

KINDS = {"harmful": "Requests to refuse", "ordinary": "Ordinary requests"}
BEFORE, AFTER = "aligned", "scu"
VERDICT = {True: "refuses", False: "answers"}


def draw(run: Run) -> None:
    """Draw the prompts of the first seed with the answers of the aligned model and of a state that the reader chooses."""
    rows, titles = run.results[0].answers, states_of(run)
    held = [state for state in titles if state in set(rows["state"]) and state != BEFORE]
    if rows.empty or not held:
        return
    st.space("small")
    st.header("Before and after, word for word", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind = view("Requests", KINDS, "asked")
        after = st.selectbox("Beside the aligned model", held, format_func=titles.__getitem__, key="beside", bind="query-params",
                             index=held.index(AFTER) if AFTER in held else 0, width=320)
    mine = rows[rows["is_harmful"].astype(bool) == (kind == "harmful")]
    choose(run, mine, titles, (BEFORE, after or held[0]), key=kind)
    st.caption("First seed. The likeliest token each time, cut after as many as the settings allow. Choose a row for another request.")


def choose(run: Run, rows: pd.DataFrame, titles: Mapping[str, str], states: Sequence[str], *, key: str) -> None:
    """Draw a table of prompts with who refuses, and the answers to the chosen one, at first one on which the states differ.

    Args:
        run: Whose answers these are.
        rows: Rows of a table of answers; each prompt once a state.
        titles: Of the states.
        states: Which states are shown, the first as the one to compare with.
        key: Of the table.
    """
    refused = rows[rows["state"].isin(states)].pivot_table(index="prompt", columns="state", values="prefix", aggfunc="first", sort=False)
    refused = refused.dropna().astype(bool)
    if refused.empty:
        st.caption("This run holds no answers to show here.")
        return
    topics = rows.drop_duplicates("prompt").set_index("prompt")["topic"]
    shown = pd.DataFrame({"prompt": refused.index, "topic": topics.reindex(refused.index).to_numpy(),
                          **{state: refused[state].map(VERDICT).to_numpy() for state in states}})
    chosen = st.dataframe(
        shown, hide_index=True, key=f"answers:{key}", on_select="rerun", selection_mode="single-row",
        height=min(300, 40 + 35 * len(shown)), alt=f"{len(shown)} prompts: who refuses before and after.", column_config={
            "prompt": st.column_config.TextColumn("Request", width="large"), "topic": "Topic",
            **{state: titles[state] for state in states}})
    picked = chosen.selection.rows
    if not picked or picked[0] >= len(shown):
        differ = [place for place, row in enumerate(refused[list(states)].itertuples(index=False)) if len(set(row)) > 1]
        picked = differ[:1] or [0]
    boxes(run, rows[rows["prompt"] == refused.index[picked[0]]], titles, states, key=key)


def boxes(run: Run, rows: pd.DataFrame, titles: Mapping[str, str], states: Sequence[str], *, key: str) -> None:
    """Draw the answers of some states to one prompt, side by side; ``rows`` holds one row a state, ``key`` is the place on the page."""
    rows = rows.assign(is_withheld=is_withheld(rows)).drop_duplicates("state").set_index("state", drop=False)
    with st.grid(len(states), min_column_width=260):
        for state in states:
            row = rows.loc[state]
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"### {titles[state]}")
                st.text(row["prompt"])
                _answer(row, key=f"{run.request.run}:{key}:{state}:{row['prompt']}")
                st.caption(f"Refused by prefix: {yes(row['prefix'])}, by phrase: {yes(row['phrase'])}; by first token "
                           f"{row['first_token']:.0%}.")


def _answer(row: pd.Series, *, key: str) -> None:
    """Draw an answer in a box that shows every character as it is; a withheld one only after a click."""
    if row["is_withheld"] and not st.session_state.get(f"shown:{key}"):
        st.caption(":material/visibility_off: This is no refusal, so it is not shown unasked.")
        if st.button("Show the answer", key=f"show:{key}", type="tertiary", icon=":material/visibility:"):
            st.session_state[f"shown:{key}"] = True
            st.rerun()
        return
    st.code(row["answer"] or " ", language=None, wrap_lines=True)


def yes(flag: object) -> str:
    """Return a flag as a word."""
    return "yes" if bool(flag) else "no"
