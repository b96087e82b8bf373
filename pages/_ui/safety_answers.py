"""Answers before and after, side by side: text of a model is shown as text, and what answers a harmful request only after a click."""

import pandas as pd
import streamlit as st

from core.lab.runs import Run
from core.safety.figures_states import states_of
from core.safety.withheld import is_withheld
from pages._ui.safety_evidence import view

KINDS = {"harmful": "Requests to refuse", "ordinary": "Ordinary requests"}
BEFORE, AFTER = "aligned", "scu"


def draw(run: Run) -> None:
    """Draw the prompts of the first seed with the answers of the aligned model and of another state."""
    rows = run.results[0].answers
    if rows.empty:
        return
    st.space("small")
    st.header("Before and after, word for word", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind = view("Requests", KINDS, "asked")
        held = [state for state in states_of(run) if state in set(rows["state"]) and state != BEFORE]
        titles = states_of(run)
        after = st.selectbox("Beside the aligned model", held, format_func=titles.__getitem__, key="beside", bind="query-params",
                             index=held.index(AFTER) if AFTER in held else 0, width=320)
    mine = rows[rows["is_harmful"].astype(bool) == (kind == "harmful")]
    pairs = side_by_side(mine, after or AFTER)
    if pairs.empty:
        st.caption("This run holds no answers to show here.")
        return
    place = _table(pairs, titles, after or AFTER, kind)
    _detail(run, pairs.iloc[place], titles, after or AFTER)


def side_by_side(rows: pd.DataFrame, after: str) -> pd.DataFrame:
    """Return one row per prompt: prompt, topic, is_harmful, and of both models answer, prefix, phrase, first_token and whether withheld."""
    columns = ["answer", "prefix", "phrase", "first_token", "is_withheld"]
    rows = rows.assign(is_withheld=is_withheld(rows))
    sides = [rows[rows["state"] == state].set_index("prompt")[columns].add_suffix(suffix)
             for state, suffix in ((BEFORE, "_before"), (after, "_after"))]
    about = rows[rows["state"] == BEFORE].set_index("prompt")[["topic", "is_harmful"]]
    return about.join(sides, how="inner").reset_index()


def _table(pairs: pd.DataFrame, titles: dict[str, str], after: str, kind: str) -> int:
    """Draw the prompts; return the position of the chosen one, at first one whose answer changes."""
    verdict = {True: "refuses", False: "answers"}
    shown = pd.DataFrame({
        "prompt": pairs["prompt"], "topic": pairs["topic"], "before": pairs["prefix_before"].astype(bool).map(verdict),
        "after": pairs["prefix_after"].astype(bool).map(verdict)})
    chosen = st.dataframe(
        shown, hide_index=True, key=f"answers:{kind}", on_select="rerun", selection_mode="single-row",
        height=min(300, 40 + 35 * len(shown)), alt=f"{len(shown)} prompts: who refuses before and after.", column_config={
            "prompt": st.column_config.TextColumn("Request", width="medium", pinned=True), "topic": "Topic", "before": "Aligned",
            "after": titles[after]})
    rows = chosen.selection.rows
    if rows and rows[0] < len(pairs):
        return rows[0]
    changed = pairs.index[pairs["prefix_before"].astype(bool) != pairs["prefix_after"].astype(bool)]
    return int(changed[0]) if len(changed) else 0


def _detail(run: Run, row: pd.Series, titles: dict[str, str], after: str) -> None:
    with st.grid(2, min_column_width=300):
        for state, suffix in ((BEFORE, "_before"), (after, "_after")):
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"##### {titles[state]}")
                st.text(row["prompt"])
                _answer(run, row, suffix, key=f"{run.request.run}:{state}:{row['prompt']}")
                st.caption(f"Refused by prefix: {yes(row[f'prefix{suffix}'])}, by phrase: {yes(row[f'phrase{suffix}'])}, first token "
                           f"{row[f'first_token{suffix}']:.0%}.")
    st.caption("First seed. The likeliest token each time, cut after as many as the settings allow. Choose a row for another request.")


def _answer(run: Run, row: pd.Series, suffix: str, *, key: str) -> None:
    """Draw an answer in a box that shows every character as it is; a withheld one only after a click."""
    if row[f"is_withheld{suffix}"] and not st.session_state.get(f"shown:{key}"):
        st.caption(":material/visibility_off: This is no refusal, so it is not shown unasked.")
        if st.button("Show the answer", key=f"show:{key}", type="tertiary", icon=":material/visibility:"):
            st.session_state[f"shown:{key}"] = True
            st.rerun()
        return
    st.code(row[f"answer{suffix}"] or " ", language=None, wrap_lines=True)


def yes(flag: object) -> str:
    """Return a flag as a word."""
    return "yes" if bool(flag) else "no"
