"""Addresses: where a room is, what opens exactly this view of it, and the addresses that rooms had before they became views."""

from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st

from pages._ui.rooms import ROOMS, Room, room_named


def path(name: str, run: str | None = None) -> str:
    """Return the address of an experiment's room on this server, with a run where one is named."""
    room = room_named(name)
    return f"/{room.concern.name}?{urlencode(room.address | ({'run': run} if run else {}))}"


def old() -> dict[str, Room]:
    """Return every address that a room had before it became a view."""
    return {room.name: room for room in ROOMS if room.name != room.concern.name}


def moved() -> list[st.Page]:
    """Return a hidden page for every old address; each leads on with all its parameters."""
    return [st.Page(_way_on(room), title=room.label, url_path=name, visibility="hidden") for name, room in old().items()]


def _way_on(room: Room) -> Callable[[], None]:
    def lead_on() -> None:
        st.switch_page(room.page, query_params=st.query_params.to_dict() | room.address)
    return lead_on
