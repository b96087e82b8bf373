"""Runs: everything that was asked for, to open, compare, export or delete."""

import streamlit as st

from core.lab import access, jobs
from core.lab.errors import GlasshouseError
from core.lab.runs import delete_run
from core.lab.store import home
from pages._ui import cards, catalogue, compare, listing, provenance, shell, stored
from pages._ui.catalogue import Entry
from pages._ui.plain import plain
from pages._ui.rooms import ROOMS, room_of

ANY = "any"


def chosen_filters() -> tuple[str, str, str]:
    with st.grid(3, min_column_width=200):
        rooms = {ANY: "All rooms"} | {room.experiment.name: room.experiment.title for room in ROOMS}
        room = st.selectbox("Room", list(rooms), format_func=rooms.__getitem__, key="room", bind="query-params")
        state = st.selectbox("State", [ANY, *(name.lower() for name in listing.STATES)], key="state", bind="query-params",
                             format_func=lambda name: "Any state" if name == ANY else name.capitalize())
        text = st.text_input("Words", key="words", placeholder="settings or run id", live=True)
    return room, state, (text or "").strip().lower()


def fits(entry: Entry, room: str, state: str, text: str) -> bool:
    shown = "precomputed" if entry.is_precomputed else entry.state
    haystack = f"{entry.request.run} {catalogue.told_apart(entry.request)} {entry.request.experiment.title} {entry.request.preset}".lower()
    return room in (ANY, entry.request.experiment.name) and state in (ANY, shown) and text in haystack


def draw_actions(chosen: list[Entry]) -> None:
    alike = len({entry.request.experiment.name for entry in chosen}) == 1
    finished = bool(chosen) and all(entry.state == "finished" for entry in chosen)
    own = bool(chosen) and not any(entry.is_precomputed for entry in chosen)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if len(chosen) == 1:
            shell.link_room(room_of(chosen[0].request.experiment), "Open", {"run": chosen[0].request.run})
        else:
            st.button("Open", icon=":material/open_in_new:", type="tertiary", disabled=True)
        comparable = 2 <= len(chosen) <= compare.MOST and alike and finished
        if st.button("Compare", icon=":material/compare_arrows:", disabled=not comparable,
                     help="Choose two to four finished runs of one room."):
            st.query_params["compare"] = ",".join(token(entry) for entry in chosen)
            st.rerun()
        with st.popover("Export", icon=":material/download:", disabled=not (len(chosen) == 1 and finished)):
            run = stored.load(chosen[0].root, chosen[0].request.run) if len(chosen) == 1 and finished else None
            if run is not None:
                provenance.draw_downloads(run)
            else:
                st.caption("This run cannot be read any more: open it to compute it again.")
        if st.button("Delete", icon=":material/delete:", type="tertiary", disabled=not own):
            confirm_delete(chosen)
        if not chosen:
            st.caption("Choose rows by the box at their left.")
    for entry in chosen:
        st.caption(f"Run {entry.request.run[:8]}: {plain(catalogue.told_apart(entry.request, most=100), most=2000)}.")


@st.dialog("Delete for good?")
def confirm_delete(chosen: list[Entry]) -> None:
    for entry in chosen:
        st.markdown(f"{plain(entry.request.experiment.title)}, {plain(catalogue.told_apart(entry.request))}, run {entry.request.run[:8]}")
    st.caption("Results that no other run needs go with it. A run under way is cancelled first. Trained models are kept.")
    with st.container(horizontal=True, gap="small"):
        if st.button("Delete", key="delete-now", on_click=delete, args=(chosen,)):
            st.rerun()
        if st.button("Keep", type="tertiary"):
            st.rerun()


def delete(chosen: list[Entry]) -> None:
    for entry in chosen:
        try:
            jobs.cancel(entry.request.run)
            delete_run(entry.request.run)
        except GlasshouseError as error:
            st.session_state["runs:refused"] = str(error)


def token(entry: Entry) -> str:
    return f"{entry.request.run}:house" if entry.is_precomputed else entry.request.run


def asked_for(entries: list[Entry]) -> list[Entry] | str:
    """Return the runs that the address compares, or why they cannot be."""
    tokens = st.query_params["compare"].split(",")[:compare.MOST]
    known = {token(entry): entry for entry in entries} | {f"{entry.request.run}:house": entry for entry in entries if entry.is_precomputed}
    found = [known.get(one) or known.get(f"{one}:house") for one in tokens]
    if len(found) < 2 or None in found or any(entry.state != "finished" for entry in found):
        return "a comparison needs two to four finished runs, and this address names one that is not here: choose them in the list."
    if len({entry.request.experiment.name for entry in found}) > 1:
        return "a comparison needs runs of one room, and this address mixes two: choose them in the list."
    return found


shell.open_page("Runs")
st.title("What was asked, and what came back", anchor=False)
if refused := st.session_state.pop("runs:refused", ""):
    cards.card(cards.FAILED, *cards.split_message(refused, "That could not be deleted"), key="runs:refused-card")
everything = catalogue.entries()
if "compare" in st.query_params:
    found = asked_for(everything)
    if st.button("Back to the list", icon=":material/arrow_back:", type="tertiary"):
        st.query_params.pop("compare")
        st.rerun()
    if isinstance(found, str):
        cards.card(cards.UNKNOWN, "Nothing to compare", found[:1].upper() + found[1:], key="runs:compare")
    else:
        compare.draw(found)
elif not everything:
    cards.card(cards.EMPTY, "No run is stored yet", "Open a room and press Run. Every run is kept here.", key="runs:empty",
               link=cards.Link(ROOMS[0].page, f"Open {ROOMS[0].experiment.title}", ROOMS[0].icon, ROOMS[0].address))
else:
    room, state, text = chosen_filters()
    shown = [entry for entry in everything if fits(entry, room, state, text)]
    if shown:
        draw_actions([shown[position] for position in listing.table(shown, key="runs", choose=True)])
    else:
        st.caption("No run fits these filters.")
st.caption(f":material/folder: Results live in {plain(home())}" if not access.is_shared() else
           ":material/person: You see your own runs alone, and those that ship with the house. Download what you want to keep.")
