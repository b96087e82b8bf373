"""The page of a concern: its experiments as views, of which only the one that is asked for is imported and drawn."""

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.lab.errors import GlasshouseError
from core.lab.runs import locate, read_request
from pages._ui import room, shell
from pages._ui.rooms import Concern, Room, concern_of

VIEW = "view"
KEPT = ("present", "detail", "predict")  # what the address says of every page stays when the view changes


def draw(name: str) -> None:
    """Draw the page of the concern of that name."""
    concern = concern_of(name)
    look = shell.open_page(concern.title)
    shown = asked_for(concern)
    if st.query_params.get(VIEW) != shown.view and len(concern.rooms) > 1:
        st.query_params[VIEW] = shown.view
    if len(concern.rooms) == 1 or shell.presenting():
        room.draw(shown, look)
        return
    key = f"{concern.name}:{VIEW}"
    st.session_state[key] = shown.label
    tabs = st.tabs([one.label for one in concern.rooms], key=key, on_change=_turn, args=(concern, key))
    with tabs[concern.rooms.index(shown)]:
        room.draw(shown, look)


def asked_for(concern: Concern) -> Room:
    """Return the room that the address names: by the run, which belongs to one experiment alone, else by the view."""
    if run := st.query_params.get("run"):
        try:
            request = read_request(*locate(run))
        except (GlasshouseError, OSError, ValueError):
            request = None
        for one in concern.rooms:
            if request is not None and one.name == request.experiment.name:
                return one
    return concern.room(st.query_params.get(VIEW))


def _turn(concern: Concern, key: str) -> None:
    """Open the view whose tab was chosen; what the address said of the other one goes."""
    picked = next((one for one in concern.rooms if one.label == st.session_state[key]), concern.rooms[0])
    for name in list(st.query_params):
        if name not in KEPT:
            try:
                st.query_params.pop(name)
            except StreamlitAPIException:
                continue  # bound to a widget of the view that is left: it goes with the widget
    st.query_params[VIEW] = picked.view
