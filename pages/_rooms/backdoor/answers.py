"""Answers before and after, with and without the trigger, word for word."""

import streamlit as st

from core.backdoor.titles import TITLES
from core.lab.runs import Run

BEFORE = "poisoned"


def draw(run: Run) -> None:
    """Draw the held-out prompts of the first seed with the answers of the poisoned model and of an arm that the reader chooses."""
    table = run.results[0].answers
    held = [arm for arm in TITLES if arm in set(table["arm"]) and arm != BEFORE]
    if table.empty or not held:
        return
    st.space("small")
    st.header("Before and after, word for word", anchor=False)
    after = st.selectbox("Beside the poisoned model", held, format_func=TITLES.__getitem__, key="beside", bind="query-params",
                         index=held.index("signature") if "signature" in held else 0, width=320) or held[0]
    both = {arm: table[table["arm"] == arm].set_index("triggered") for arm in (BEFORE, after)}
    rows = both[BEFORE][["right"]].assign(before=both[BEFORE]["answer_triggered"], after=both[after]["answer_triggered"],
                                          clean=both[after]["answer"]).reset_index()
    st.dataframe(rows, hide_index=True, height=360, alt=f"{len(rows)} prompts with answers before and after.", column_config={
        "triggered": st.column_config.TextColumn("Prompt with the trigger", width="large"), "right": "Right answer",
        "before": "Poisoned says", "after": st.column_config.TextColumn(f"{TITLES[after]} says"),
        "clean": st.column_config.TextColumn("And without the trigger")})
    st.caption("First seed. The likeliest token each time, cut after as many as the settings allow.")
