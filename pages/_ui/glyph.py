"""A strip on a page."""

import streamlit as st

from core.lab import strip, words


def show(glyph: strip.Strip, *, key: str, what: str = "") -> None:
    """Draw a strip; ``what`` begins its alternative text."""
    rows, spec = strip.draw(glyph)
    st.vega_lite_chart(rows, spec, key=key, alt=words.shortened(f"{what}{': ' if what else ''}{strip.alt_text(glyph)}"))
