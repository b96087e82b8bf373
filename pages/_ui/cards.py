"""State cards: one bordered card with a badge, a heading, one sentence and at most two buttons."""

from dataclasses import dataclass

import streamlit as st

from pages._ui import shell
from pages._ui.plain import plain


@dataclass(frozen=True)
class State:
    """How one state announces itself."""

    badge: str
    icon: str
    colour: str


@dataclass(frozen=True)
class Link:
    """A way to another page, with the parameters of its address."""

    page: str
    label: str
    icon: str
    parameters: dict[str, str] | None = None


EMPTY = State("Nothing here yet", "yard", "gray")
QUEUED = State("Queued", "schedule", "gray")
RUNNING = State("Running", "progress_activity", "blue")
FINISHED = State("Finished", "task_alt", "blue")
CANCELLED = State("Cancelled", "stop_circle", "gray")
FAILED = State("Failed", "error", "orange")
DAMAGED = State("Set aside", "restart_alt", "gray")
UNKNOWN = State("Not found", "search_off", "gray")


def badge(state: State, *further: str) -> None:
    """Draw a state's badge, and further gray ones beside it."""
    with st.container(horizontal=True, gap="xsmall"):
        st.markdown(f":{state.colour}-badge[:material/{state.icon}: **{state.badge}**]", width="content")
        for words in further:
            st.markdown(f":gray-badge[{words}]", width="content")


def card(state: State, title: str, sentence: str, *, buttons: tuple[str, ...] = (), key: str, log: str = "",
         link: Link | None = None) -> str | None:
    """Draw a state card; return the label of the button that was pressed, or None.

    Args:
        state: Which state it announces.
        title: Heading; plain text.
        sentence: One sentence; plain text.
        buttons: At most two labels, the usual way first.
        key: Prefix of the buttons' keys.
        log: Text behind "Show the log"; empty for none.
        link: A way to another page, before the buttons.
    """
    pressed = None
    with st.container(border=True, gap="xsmall"):
        badge(state)
        st.subheader(plain(title), anchor=False)
        st.markdown(plain(sentence, most=600))
        if buttons or log or link:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                if link is not None:
                    shell.link(link.page, link.label, link.icon, link.parameters)
                for index, label in enumerate(buttons):
                    if st.button(label, key=f"{key}:{index}", type="tertiary" if index else "secondary"):
                        pressed = label
                if log:
                    with st.popover("Show the log", type="tertiary"):
                        st.code(log, language=None)
    return pressed


def split_message(message: str, fallback: str) -> tuple[str, str]:
    """Return heading and sentence of an error: the cause as a fact, then what to do."""
    head, colon, rest = message.partition(": ")
    if colon and len(head) <= 70 and rest:
        return head[:1].upper() + head[1:], rest[:1].upper() + rest[1:]
    return fallback, message[:1].upper() + message[1:]
