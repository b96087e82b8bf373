"""The control above a figure that picks what it shows; it stands in the address."""

from collections.abc import Mapping

import streamlit as st

MODELS_SHIPPED = {"standard": "SmolLM2, 135 million weights", "lite": "Topic model, trained in the run"}


def view(label: str, titles: Mapping[str, str], key: str) -> str:
    """Draw a row of view buttons, bound to the address; return the key of the chosen one, at first the first."""
    return st.segmented_control(label, list(titles), default=next(iter(titles)), format_func=titles.__getitem__, required=True, key=key,
                                bind="query-params", label_visibility="collapsed")
