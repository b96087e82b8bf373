"""The control above a figure that picks what it shows; it stands in the address."""

from collections.abc import Mapping

import streamlit as st


def view(label: str, titles: Mapping[str, str], key: str) -> str:
    """Draw the control and return the key of the view that is chosen."""
    picked = st.segmented_control(label, list(titles.values()), default=next(iter(titles.values())), required=True, key=key,
                                  bind="query-params", label_visibility="collapsed")
    return next((name for name, title in titles.items() if title == picked), next(iter(titles)))
