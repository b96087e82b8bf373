"""The shell around every page: page settings, mark, theme watcher, and the look of figures."""

import contextlib

import pyarrow
import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.lab.experiment import ROOT
from core.lab.figure import DARK, LIGHT, Look
from pages._ui import visitor
from pages._ui.rooms import Room

pyarrow.set_memory_pool(pyarrow.system_memory_pool())  # the default one keeps some 15 MB that small tables never need
BRAND = ROOT / "assets" / "brand"
PRESENT_SCALE = 1.4
WATCH = """export default function({data, parentElement, setTriggerValue}) {
  const host = parentElement.host ?? parentElement, ground = parentElement.querySelector('span');
  const isDark = () => {
    const [red, green, blue] = getComputedStyle(ground).backgroundColor.match(/[0-9.]+/g).map(Number);
    return red + green + blue < 384;
  };
  const page = document.querySelector('[data-testid=stMainBlockContainer]');
  const told = () => {
    if (!page || matchMedia('print').matches) return;
    const style = getComputedStyle(page), around = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
    document.documentElement.style.setProperty('--shown', page.clientWidth - around);
    document.documentElement.dataset.shade = isDark() ? 'dark' : 'light';
  };
  told();
  clearInterval(host.themeTimer);
  host.themeTimer = setInterval(() => {
    told();
    if (isDark() === data.isDark || Date.now() - (host.themeAsked ?? 0) < 2500) return;
    host.themeAsked = Date.now();
    setTriggerValue('changed', host.themeAsked);
  }, 400);
  return () => clearInterval(host.themeTimer);
}"""


def open_page(title: str) -> Look:
    """Begin a page; return the look that its figures take."""
    st.set_page_config(page_title=f"{title} · Glasshouse", page_icon=str(BRAND / "favicon.svg"), layout="wide")
    return look()


def link(page: str, label: str, icon: str, parameters: dict[str, str] | None = None) -> None:
    """Draw a link to a page; where a page runs alone there is nowhere to go, and its label stands as text.

    A link and not a button with ``st.switch_page``: that refuses to leave while a bound widget stands in the address.
    """
    try:
        st.page_link(page, label=label, icon=icon, query_params=parameters)
    except StreamlitAPIException:
        st.markdown(f"{icon} {label}", width="content")


def link_room(room: Room, label: str, parameters: dict[str, str] | None = None) -> None:
    """Draw a link to a room, or to what the parameters name in it."""
    link(room.page, label, ":material/open_in_new:" if parameters else room.icon, room.address | (parameters or {}))


def go(room: Room) -> None:
    """Leave for a room, from a button that has put something into the session first; where a page runs alone it stays."""
    with contextlib.suppress(StreamlitAPIException):
        st.switch_page(room.page, query_params=room.address)


def look() -> Look:
    """Return ink and scale for the reader's theme and the projector switch."""
    base = DARK if st.context.theme.type == "dark" else LIGHT
    return Look(base.ink, PRESENT_SCALE) if presenting() else base


def presenting() -> bool:
    """Return whether the projector switch is on."""
    return bool(st.session_state.get("present", False))


def is_dark() -> bool:
    """Return whether the reader's theme is dark."""
    return st.context.theme.type == "dark"


def sidebar() -> None:
    """Draw what stands in the sidebar on every page: the projector switch, and the watcher that follows a change of theme.

    A change of theme causes no rerun by itself, and plotly keeps the ink it was given, which would then be invisible. The watcher
    compares what it sees with what the page was drawn for, not with what it saw before: no change is lost while a page is on its way.
    """
    st.logo(str(BRAND / "logo.svg"), icon_image=str(BRAND / "icon.svg"), size="large")
    with st.sidebar:
        for style in ("screen", "print"):
            st.html(ROOT / "assets" / "css" / f"{style}.css")
        st.toggle("Present", key="present", bind="query-params",
                  help="For projectors: question, answer and one large figure at a time. In bright rooms choose the light theme.")
        visitor.sidebar()
        ground = '<span style="background-color: var(--st-background-color)"></span>'
        watcher = st.components.v2.component("theme_watch", html=ground, js=WATCH)
        watcher(key="theme_watch", data={"isDark": is_dark()}, on_changed_change=lambda: None)
