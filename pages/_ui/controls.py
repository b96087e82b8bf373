"""The control above a figure, or above a part of the evidence, that picks what is shown; it stands in the address."""

from collections.abc import Mapping

import streamlit as st


def view(label: str, titles: Mapping[str, str], key: str, first: str = "") -> str:
    """Draw a row of buttons, bound to the address; return the key of the chosen one, at first ``first`` or the first of all."""
    names = list(titles)
    return st.segmented_control(label, names, default=first or names[0], format_func=titles.__getitem__, required=True, key=key,
                                bind="query-params", label_visibility="collapsed")
