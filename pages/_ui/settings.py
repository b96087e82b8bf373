"""The settings of a room: one valid config with seeds and device, kept for this visitor, changed by widgets one field at a time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core.lab import uploads
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
    for told in ("trouble", "note", "wrong:bar", "wrong:all", "refused"):  # what was said of other settings
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


def take_field(experiment: Experiment, _: Field) -> None:
    """Adopt what the bar's choices hold now; while one of them breaks a rule the settings stay, the typed text too, and Run waits."""
    fields = [field for field in fields_of(experiment.config) if widget_key(experiment, field.name) in st.session_state]
    changed = _changed(experiment, fields, "bar")
    st.session_state[f"{experiment.name}:wrong:bar"] = found = wrong(experiment, changed)
    if not found:
        change(experiment, _parsed(experiment, changed))


def _changed(experiment: Experiment, fields: list[Field], place: str) -> dict[str, object]:
    """Return what the widgets of a place hold that is not so in the settings, as they hold it."""
    now, changed = current(experiment).config, {}
    for field in fields:
        held, value = st.session_state[widget_key(experiment, field.name, place)], getattr(now, field.name)
        if held != (f"{value:g}" if field.kind is float else value):
            changed[field.name] = held
    return changed


def _parsed(experiment: Experiment, values: Mapping[str, object]) -> dict[str, object]:
    kinds = {field.name: field for field in fields_of(experiment.config)}
    return {name: parse_value(kinds[name], str(value)) if kinds[name].kind is float else
            uploads.spelled(value, kinds[name].knob.takes) if isinstance(value, str) else value for name, value in values.items()}


def wrong(experiment: Experiment, values: Mapping[str, object]) -> dict[str, str]:
    """Return for each of these values that breaks a rule why, in the words of its label; under "" what only goes wrong together."""
    now = current(experiment).config
    try:
        now.following(_parsed(experiment, values))
    except InputError as error:
        together = str(error)
    else:
        return {}
    labels = {field.name: field.knob.label for field in fields_of(experiment.config)}
    found = {}
    for name, value in values.items():
        try:
            now.following(_parsed(experiment, {name: value}))
        except InputError as error:
            found[name] = re.sub(rf"^{name}\b", labels[name], str(error))
    return found or {"": together}


def troubles(experiment: Experiment, place: str = "bar") -> dict[str, str]:
    """Return why what stands in the widgets of a place was not taken, by the name of the field; empty when all was."""
    return st.session_state.get(f"{experiment.name}:wrong:{place}", {})


def refuse(experiment: Experiment, error: InputError) -> None:
    """Leave the settings as they are, bring the bar's widgets back in line, and say why below it."""
    now = current(experiment)
    adopt(experiment, now.config, now.seeds, now.device)
    st.session_state[f"{experiment.name}:trouble"] = str(error)


def forget_dialog(experiment: Experiment) -> None:
    """Drop what an earlier visit typed into the dialog, so that it opens with the current settings."""
    for name in [*(field.name for field in fields_of(experiment.config)), "seeds", "device"]:
        st.session_state.pop(widget_key(experiment, name, "all"), None)
    for told in ("trouble", "note", "wrong:all"):
        st.session_state.pop(f"{experiment.name}:{told}", None)


def take_all(experiment: Experiment) -> None:
    """Adopt everything the dialog holds; where values break rules nothing changes, and each of them says why."""
    fields, now = list(fields_of(experiment.config)), current(experiment)
    changed = _changed(experiment, fields, "all")
    found, seeds = wrong(experiment, changed), ()
    try:
        typed = st.session_state[widget_key(experiment, "seeds", "all")]
        seeds = parse_seeds(typed) if typed.strip() else ()
    except InputError as error:
        found["seeds"] = str(error)
    st.session_state[f"{experiment.name}:wrong:all"] = found
    if not found:
        config, note = now.config.following(_parsed(experiment, changed))
        adopt(experiment, config, seeds, st.session_state[widget_key(experiment, "device", "all")])
        say(experiment, note)


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
    text = uploads.named_in(field.word(value)) if isinstance(value, str) else f"{value:,}" if isinstance(value, int) else f"{value:g}"
    return f"{text} {field.knob.unit}".strip()


def seeds_text(seeds: tuple[int, ...]) -> str:
    """Return seeds for a text box, empty where none were chosen."""
    return format_seeds(seeds) if seeds else ""
