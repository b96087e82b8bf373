"""One widget for one field of a config, derived from its declaration."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import streamlit as st

from core.lab import uploads
from core.lab.config import Field
from pages._ui import spelled
from pages._ui.plain import plain

IDLE = "Does nothing beside the other settings."


def draw(field: Field, value: Any, *, key: str, disabled: bool = False, idle: bool = False, on_change: Callable[..., None] | None = None,
         args: tuple[Any, ...] = (), wrong: str = "") -> None:
    """Draw the widget of a field, and under it why what stands in it is not taken; its value, at first ``value``, is kept under ``key``.

    One that is ``idle``, so that it does nothing beside the other settings, is locked and says so. Floats are typed as text, since a
    number box would round a small learning rate to its step.
    """
    st.session_state.setdefault(key, value if field.kind is not float else f"{value:g}")
    knob = field.knob
    label = f"{knob.label} ({knob.unit})" if knob.unit else knob.label
    said = spelled.help_for(f"{knob.help} {IDLE}".strip() if idle else knob.help, label, *map(field.word, field.choices))
    common = {"key": key, "help": said or None, "disabled": disabled or idle, "on_change": on_change, "args": args}
    if not on_change:
        common = {name: given for name, given in common.items() if name not in ("on_change", "args")}
    with st.container(gap=None):
        _widget(field, label, value, common)
        if wrong:
            say_wrong(wrong)


def say_wrong(why: str) -> None:
    """Say why what stands in the widget above is not taken."""
    st.caption(f":orange[:material/error:] {plain(why)}")


def _widget(field: Field, label: str, value: Any, common: dict[str, Any]) -> None:
    knob = field.knob
    if field.choices:
        st.selectbox(label, field.choices, format_func=field.word, **common)
    elif field.kind is bool:
        st.toggle(label, **common)
    elif field.kind is int:
        st.number_input(label, min_value=_whole(knob.low), max_value=_whole(knob.high), step=1, **common)
    elif field.kind is float:
        st.text_input(label, **common)
    elif knob.suggestions or knob.takes:
        words = {name: field.word(name) for name in knob.suggestions} | _uploads(field)
        words |= {} if value in words else {value: uploads.named_in(value)}
        st.selectbox(label, list(words), format_func=lambda one: words.get(one, one), accept_new_options=True, **common)
    else:
        st.text_input(label, **common)


def _uploads(field: Field) -> dict[str, str]:
    """Return what the visitor brought that a field takes, by what the field calls it, with its name; equal names are told apart."""
    takes = field.knob.takes or {}
    fitting = [(one.source(takes[use]), one) for one in (uploads.mine() if takes else ()) for use in one.look["uses"] if use in takes]
    names = Counter(one.name for _, one in fitting)
    return {source: one.name + (f" ({one.hash[:6]})" if names[one.name] > 1 else "") for source, one in fitting}


def _whole(bound: float | None) -> int | None:
    return None if bound is None else int(bound)
