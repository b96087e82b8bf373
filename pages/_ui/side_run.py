"""A small run asked for inside a room: its panel while it computes, a card where it did not finish."""

from collections.abc import Callable

import streamlit as st

from core.lab import jobs
from core.lab.config import Config, alike
from core.lab.errors import GlasshouseError
from core.lab.experiment import Experiment
from core.lab.runs import Run, locate, read_request
from core.lab.store import home
from pages._ui import cards, run_panel, stored
from pages._ui.plain import plain
from pages._ui.settings import CUSTOM


def asked(key: str, parameter: str) -> str | None:
    """Return the run that this tab, or the address under ``parameter``, last asked for; None where there is none."""
    known = st.session_state.get(key) or st.query_params.get(parameter)
    try:
        return locate(known)[1] if known else None
    except GlasshouseError:
        return None


def is_alive(run: str | None) -> bool:
    """Return whether a run that was asked for still waits or computes."""
    status = jobs.status(run) if run else None
    return status is not None and status.is_alive


def start(experiment: Experiment, make: Callable[[], Config], beside: Run, key: str, parameter: str) -> None:
    """Submit what ``make`` returns for the first seed of the run on show, or keep why it is refused for ``refusal``."""
    st.session_state.pop(f"{key}:refused", None)
    try:
        config = make()
        preset = next((preset.name for preset in experiment.presets if alike(preset.config, config)), CUSTOM)
        request = jobs.make_request(experiment, config, beside.request.seeds[:1], preset=preset, device=beside.request.device)
        st.session_state[key] = st.query_params[parameter] = jobs.submit(request)
    except GlasshouseError as error:
        st.session_state[f"{key}:refused"] = str(error)


def refusal(key: str) -> None:
    """Draw why the last thing asked for was refused; nothing where it was taken."""
    if why := st.session_state.get(f"{key}:refused"):
        st.markdown(f":orange-badge[:material/error: Not taken] {plain(why)}")


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
