"""A search over everything that has a name: rooms, words of the field, claims, numbers, settings."""

from dataclasses import dataclass

import streamlit as st

from core.lab.config import fields_of
from core.lab.experiment import metrics_of
from core.lab.glossary import ALL, found_in
from pages._ui import shell
from pages._ui.plain import plain
from pages._ui.rooms import ROOMS, Room

MOST = 10
KINDS = {"Room": ":material/meeting_room:", "Word": ":material/menu_book:", "Claim": ":material/fact_check:", "Number": ":material/tag:",
         "Setting": ":material/tune:"}


@dataclass(frozen=True)
class Hit:
    """One thing that can be found.

    Attributes:
        kind: One of ``KINDS``.
        title: Its name.
        said: What it is.
        room: Where it is; None for a word that no room uses by itself.
    """

    kind: str
    title: str
    said: str
    room: Room | None


@st.cache_resource(show_spinner=False)
def everything() -> tuple[Hit, ...]:
    """Return all that has a name, rooms first; nothing of it changes while the house runs."""
    rooms = [Hit("Room", f"{room.concern.title}: {room.label}", room.experiment.question, room) for room in ROOMS]
    claims = [Hit("Claim", claim.statement, f"{claim.source}.", room) for room in ROOMS for claim in room.experiment.claims]
    numbers = [Hit("Number", metric.label, metric.help, room) for room in ROOMS for metric in metrics_of(room.experiment.result).values()]
    settings = [Hit("Setting", field.knob.label, field.knob.help, room) for room in ROOMS for field in fields_of(room.experiment.config)]
    named = [*claims, *numbers, *settings]
    once = {(hit.kind, hit.title, hit.said, hit.room.concern.name): hit for hit in reversed((*rooms, *named))}
    return (*_words(named), *reversed(once.values()))  # what views of one concern share is found once, in the first of them


def _words(named: list[Hit]) -> list[Hit]:
    """Return the glossary, each word with the first room that uses it."""
    used: dict[str, Room] = {}
    for hit in named:
        for word in found_in((hit.title, hit.said)):
            used.setdefault(word.short, hit.room)
    return [Hit("Word", word.short, f"{word.long[:1].upper()}{word.long[1:]}. {word.said}".strip(), used.get(word.short)) for word in ALL]


def find(asked: str) -> list[Hit]:
    """Return what holds every word that was typed, names before descriptions, rooms before claims, numbers and settings."""
    wanted = asked.lower().split()

    def holds(hit: Hit) -> bool:
        text = f"{hit.title} {hit.said} {hit.room.concern.title if hit.room else ''} {hit.kind}".lower()
        return all(word in text for word in wanted)

    hits = [hit for hit in everything() if holds(hit)] if wanted else []
    return sorted(hits, key=lambda hit: (not all(word in hit.title.lower() for word in wanted), list(KINDS).index(hit.kind)))


def draw() -> None:
    """Draw the search box and what was found, each with the way there."""
    asked = st.text_input("Search rooms, claims, words and settings", key="search", bind="query-params", live=True, max_chars=80,
                          icon=":material/search:", placeholder="pruning, LiRA, learning rate")
    hits = find(asked or "")
    for hit in hits[:MOST]:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"{KINDS[hit.kind]} **{plain(hit.title)}** :gray-badge[{hit.kind}]")
            st.caption(plain(hit.said, most=200))
            if hit.room is not None:
                shell.link_room(hit.room, f"Open {hit.room.concern.title}, {hit.room.label}",
                                {} if hit.kind == "Room" else {"detail": "full"})
    if asked:
        st.caption(f"{len(hits)} found{f', the first {MOST} shown' if len(hits) > MOST else ''}." if hits else
                   "Nothing by that name: try one word of it, or browse the claims.")
