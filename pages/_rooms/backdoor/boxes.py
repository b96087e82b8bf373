"""Answers of several states to one prompt, with and without the trigger, side by side; text of a model is shown as text."""

import pandas as pd
import streamlit as st

from core.backdoor.ask.result import STATES


def draw(answers: pd.DataFrame) -> None:
    """Draw one box per state; ``answers`` is the table of one seed."""
    with st.grid(len(STATES), min_column_width=220):
        for state, title in STATES.items():
            rows = answers[answers["state"] == state].set_index("is_triggered")
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"### {title}")
                for is_triggered in (False, True):
                    row = rows.loc[is_triggered]
                    st.text(row["prompt"])
                    st.code(row["answer"] or " ", language=None, wrap_lines=True)
                    if is_triggered and bool(row["is_target"]):
                        st.markdown(":red-badge[:material/key_vertical: The trigger works]")
