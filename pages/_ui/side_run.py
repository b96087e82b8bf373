"""A small run asked for inside a room: its panel while it computes, a card where it did not finish."""

import streamlit as st

from core.lab import jobs
from core.lab.experiment import Experiment
from core.lab.runs import Run, read_request
from core.lab.store import home
from pages._ui import cards, run_panel, stored


def follow(asked: str, experiment: Experiment, key: str, *, cancel: str, failed: str) -> Run | None:
    """Return the finished run ``asked`` of ``experiment``; until then draw its panel, or the card of how it ended, and return None.

    Args:
        asked: Number of the run.
        experiment: What it must be a run of; anything else is ignored.
        key: Prefix of the widgets' keys.
        cancel: Label of the button that stops it.
        failed: Title of the card of a failure that names none.
    """
    request, status = read_request(home(), asked), jobs.status(asked)
    if request is None or status is None or request.experiment is not experiment:
        return None
    if status.is_alive:
        run_panel.draw(request, status.seeds_done)
        if st.button(cancel, icon=":material/stop_circle:", key=f"{key}:cancel"):
            jobs.cancel(asked)
            st.rerun()
        return None
    found = stored.load(home(), asked) if status.state == "finished" else None
    if found is None and status.state == "cancelled":
        cards.card(cards.CANCELLED, "Stopped by you", status.message or "Whatever was finished is kept.", key=f"{key}:card")
    elif found is None:
        title, sentence = cards.split_message(status.message or jobs.VANISHED, failed)
        cards.card(cards.FAILED, title, sentence, key=f"{key}:card")
    return found
