"""Abbreviations spelled out where they stand: a caption under what shows them, and a sentence in its help."""

import streamlit as st

from core.lab.glossary import spelled_out
from pages._ui.plain import plain


def caption(*texts: object) -> None:
    """Draw what the abbreviations in texts stand for; nothing where there are none."""
    if said := spelled_out(*texts):
        st.caption(plain(said, most=2000))


def help_for(said: str, *texts: object) -> str:
    """Return a help text that also says what the abbreviations in it, and in what it helps with, stand for."""
    return f"{said} {spelled_out(*texts, said)}".strip()
