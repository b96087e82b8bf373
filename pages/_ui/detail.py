"""Brief or Full: how much of a room is drawn. The choice is the reader's, holds in every room, and stands in the address."""

import streamlit as st

BRIEF, FULL = "brief", "full"
TITLES = {BRIEF: "Brief", FULL: "Full"}
KEPT, SHOWN = "detail:kept", "detail:shown"


def chosen() -> str:
    """Return what the address asks for, else what this reader chose last, else Brief."""
    asked = st.query_params.get("detail")
    if asked in TITLES:
        st.session_state[KEPT] = asked
    return st.session_state.get(KEPT, BRIEF)


def draw() -> None:
    """Draw the choice."""
    st.session_state[SHOWN] = chosen()
    st.segmented_control("How much of this room", list(TITLES), format_func=TITLES.__getitem__, required=True, key=SHOWN, on_change=_take,
                         label_visibility="collapsed")


def open_full() -> None:
    """Show the room whole from the next drawing on; a callback."""
    st.session_state[KEPT] = FULL
    st.query_params["detail"] = FULL


def _take() -> None:
    st.session_state[KEPT] = st.query_params["detail"] = st.session_state[SHOWN] or BRIEF
