"""The settings of a room: one valid config with seeds and device, kept for this visitor, changed by widgets one field at a time."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core.lab.config import Config, Field, alike, fields_of, parse_value
from core.lab.errors import InputError
from core.lab.experiment import Experiment
from core.lab.seeds import format_seeds, parse_seeds

CUSTOM = "custom"


@dataclass(frozen=True)
class Settings:
    """What Run would compute; no seeds mean those that it takes by itself, see ``replication.seeds``."""

    config: Config
    seeds: tuple[int, ...]
    device: str
    preset: str


def widget_key(experiment: Experiment, name: str, place: str = "bar") -> str:
    """Return the session key of one field's widget."""
    return f"{experiment.name}:{place}:{name}"


def current(experiment: Experiment) -> Settings:
    """Return the visitor's settings, at first those of the first preset."""
    key = f"{experiment.name}:settings"
    if key not in st.session_state:
        preset = experiment.presets[0]
        st.session_state[key] = Settings(preset.config, (), "auto", preset.name)
    return st.session_state[key]


def adopt(experiment: Experiment, config: Config, seeds: tuple[int, ...], device: str = "auto") -> None:
    """Make a config the current one and bring the bar's widgets in line; call before they are drawn, or in a callback."""
    preset = next((preset.name for preset in experiment.presets if alike(preset.config, config)), CUSTOM)
    st.session_state[f"{experiment.name}:settings"] = Settings(config, seeds, device, preset)
    for field in fields_of(experiment.config):
        if field.knob.main:
            value = getattr(config, field.name)
            st.session_state[widget_key(experiment, field.name)] = f"{value:g}" if field.kind is float else value
    st.session_state[widget_key(experiment, "preset")] = preset
    for told in ("trouble", "note"):
        st.session_state.pop(f"{experiment.name}:{told}", None)


def change(experiment: Experiment, changes: Mapping[str, object]) -> None:
    """Adopt changed fields, and what has to follow them, which is then said below the bar.

    Raises:
        InputError: If a value breaks a rule; the settings are then as they were.
    """
    now = current(experiment)
    config, note = now.config.following(changes)
    adopt(experiment, config, now.seeds, now.device)
    say(experiment, note)


def say(experiment: Experiment, note: str) -> None:
    """Say below the bar, until the next change, what else the last one changed."""
    st.session_state[f"{experiment.name}:note"] = note


def chosen(experiment: Experiment, config: Config) -> set[str]:
    """Return the settings that differ from those of every preset: what the visitor chose, and what data must not change."""
    return {field.name for field in fields_of(experiment.config)
            if all(getattr(config, field.name) != getattr(preset.config, field.name) for preset in experiment.presets)}


def take_preset(experiment: Experiment) -> None:
    """Adopt the preset that the bar's first choice names."""
    preset = experiment.preset(st.session_state[widget_key(experiment, "preset")])
    if preset is not None:
        adopt(experiment, preset.config, (), current(experiment).device)


def take_field(experiment: Experiment, field: Field) -> None:
    """Adopt one changed choice of the bar; a value that breaks a rule leaves the settings as they were and says why."""
    value = st.session_state[widget_key(experiment, field.name)]
    try:
        change(experiment, {field.name: parse_value(field, str(value)) if field.kind is float else value})
    except InputError as error:
        refuse(experiment, error)


def refuse(experiment: Experiment, error: InputError) -> None:
    """Leave the settings as they are, bring the bar's widgets back in line, and say why below it."""
    now = current(experiment)
    adopt(experiment, now.config, now.seeds, now.device)
    st.session_state[f"{experiment.name}:trouble"] = str(error)


def forget_dialog(experiment: Experiment) -> None:
    """Drop what an earlier visit typed into the dialog, so that it opens with the current settings."""
    for name in [*(field.name for field in fields_of(experiment.config)), "seeds", "device"]:
        st.session_state.pop(widget_key(experiment, name, "all"), None)
    for told in ("trouble", "note"):
        st.session_state.pop(f"{experiment.name}:{told}", None)


def take_all(experiment: Experiment) -> None:
    """Adopt everything the dialog holds; a value that breaks a rule changes nothing and says why."""
    fields = fields_of(experiment.config)
    st.session_state.pop(f"{experiment.name}:trouble", None)
    try:
        values = {field.name: st.session_state[widget_key(experiment, field.name, "all")] for field in fields}
        values = {field.name: parse_value(field, str(values[field.name])) if field.kind is float else values[field.name]
                  for field in fields}
        typed = st.session_state[widget_key(experiment, "seeds", "all")]
        seeds = parse_seeds(typed) if typed.strip() else ()
        now = current(experiment)
        config, note = now.config.following({name: value for name, value in values.items() if value != getattr(now.config, name)})
        adopt(experiment, config, seeds, st.session_state[widget_key(experiment, "device", "all")])
        say(experiment, note)
    except InputError as error:
        st.session_state[f"{experiment.name}:trouble"] = str(error)


def trouble(experiment: Experiment) -> str:
    """Return why the last change was not taken; empty when it was."""
    return st.session_state.get(f"{experiment.name}:trouble", "")


def note(experiment: Experiment) -> str:
    """Return what else the last change changed; empty when nothing."""
    return st.session_state.get(f"{experiment.name}:note", "")


def in_words(field: Field, value: object) -> str:
    """Return a value as a reader reads it, with its unit."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = field.word(value) if isinstance(value, str) else f"{value:,}" if isinstance(value, int) else f"{value:g}"
    return f"{text} {field.knob.unit}".strip()


def seeds_text(seeds: tuple[int, ...]) -> str:
    """Return seeds for a text box, empty where none were chosen."""
    return format_seeds(seeds) if seeds else ""
