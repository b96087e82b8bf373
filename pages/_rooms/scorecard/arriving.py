"""Rows of a run under way, as they are finished."""

from typing import Any

import pandas as pd
import streamlit as st

from core.lab import jobs
from core.scorecard.reading import shown
from core.scorecard.table import BY_ID
from pages._ui.plain import plain

POLL_SECONDS = 1.5


@st.fragment(run_every=POLL_SECONDS)
def draw(run: str) -> None:
    """Draw what has arrived; the panel above redraws the page at the end."""
    told = rows(jobs.events(run, 0)[0])
    if told:
        st.markdown("### Rows so far")
        st.table(pd.DataFrame(told), border="horizontal", hide_index=True)


def rows(events: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return one row in words for each lens that has spoken."""
    found = {}
    for event in events:
        if event.get("kind") == "curve" and event.get("row") in BY_ID and not event.get("subject"):
            lens = BY_ID[event["row"]]
            if event.get("value") is None:
                found[lens.id] = {"Question": lens.question, "Found": plain(event.get("needs", "")), "Counted": ""}
            else:
                ends = f"{shown(event['low'], lens)} to {shown(event['high'], lens)}"
                found[lens.id] = {"Question": lens.question, "Found": f"{shown(event['value'], lens)} ({ends})",
                                  "Counted": plain(event.get("counts", ""))}
    return list(found.values())
