"""A config is a frozen record of everything that may change the numbers of a run.

A field declares its label, range, unit and help once, as ``Annotated[int, Knob("Epochs", low=1, high=400)]``; validation, the
form, the command line and the docs are derived from it. Fields are int, float, bool, str or ``Literal`` of strings.
"""

import dataclasses
import json
import math
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal, Self, get_args, get_origin, get_type_hints

from core.lab.errors import InputError


@dataclass(frozen=True)
class Knob:
    """How one field may be turned.

    Attributes:
        label: What the field is called on screen, sentence case.
        help: One sentence for a reader who does not know the term.
        low: Smallest admissible number, inclusive.
        high: Largest admissible number, inclusive unless ``below_high``.
        below_high: Whether a number must be smaller than ``high`` and not equal to it.
        unit: Printed after the number.
        main: Whether the field belongs in the set-up bar rather than in "All settings".
        labels: Words for values, where they differ from the value.
        suggestions: Values to offer for a text that may also be something else.
        check: Further rule; receives the value and raises ``InputError``.
        is_prose: Whether a text is data by itself, such as a prompt, and never the name of a file.
        takes: Which uploads the field takes, by what was read of them, and how it names them: a text with ``{kind}`` and ``{upload}``.
    """

    label: str
    help: str = ""
    low: float | None = None
    high: float | None = None
    below_high: bool = False
    unit: str = ""
    main: bool = False
    labels: types.MappingProxyType[str, str] | None = None
    suggestions: tuple[str, ...] = ()
    check: Callable[[Any], Any] | None = None
    is_prose: bool = False
    takes: types.MappingProxyType[str, str] | None = None


@dataclass(frozen=True)
class Field:
    """One field of a config, as read by forms, validation and docs."""

    name: str
    kind: type
    default: Any
    choices: tuple[str, ...]
    knob: Knob

    def word(self, choice: str) -> str:
        """Return the on-screen word for one of ``choices`` or suggestions."""
        return (self.knob.labels or {}).get(choice, choice)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Base of every config: checks each field against its knob when it is made.

    Raises:
        InputError: If a value has the wrong type, is not finite, or lies outside its range.
    """

    def __post_init__(self) -> None:
        """Check every field, then the rules that bind several of them."""
        for field in fields_of(type(self)):
            object.__setattr__(self, field.name, _checked(field, getattr(self, field.name)))
        self.check()

    def check(self) -> None:
        """Raise ``InputError`` where fields do not go together. Subclasses extend this."""

    def idle(self) -> frozenset[str]:
        """Return the names of fields that change no number beside the others, such as bits where weights are pruned.

        Forms lock them, pages leave them out, and keys and comparisons take their defaults. Subclasses extend this.
        """
        return frozenset()

    def replace(self, **changes: object) -> Self:
        """Return a copy with some fields changed, checked again; an unknown name is an ``InputError``."""
        known = {field.name for field in fields_of(type(self))}
        for name in changes:
            if name not in known:
                raise InputError(f"a setting must be one of {', '.join(sorted(known))}, got {name!r}.")
        return dataclasses.replace(self, **changes)

    def following(self, changes: Mapping[str, object]) -> tuple[Self, str]:
        """Return a copy with fields changed at a visitor's wish, and in one sentence what else changed with them, or nothing.

        Subclasses extend this where one choice asks for another that the visitor need not know of.
        """
        return self.replace(**changes), ""


@lru_cache(maxsize=256)
def fields_of(config_type: type[Config]) -> tuple[Field, ...]:
    """Return the fields of a config type in declared order."""
    hints = get_type_hints(config_type, include_extras=True)
    fields = []
    for declared in dataclasses.fields(config_type):
        hint = hints[declared.name]
        if get_origin(hint) is not Annotated:
            raise TypeError(f"{config_type.__name__}.{declared.name} has no Knob")
        kind, knob = get_args(hint)[:2]
        choices = get_args(kind) if get_origin(kind) is Literal else ()
        fields.append(Field(declared.name, str if choices else kind, declared.default, choices, knob))
    return tuple(fields)


def _checked(field: Field, value: Any) -> Any:
    name, knob = field.name, field.knob
    if field.choices:
        if value not in field.choices:
            raise InputError(f"{name} must be one of {', '.join(field.choices)}, got {value!r}.")
        return value
    if type(value) is int and abs(value) > sys.float_info.max:
        raise InputError(f"{name} must be a number that a computer can hold, got one of {value.bit_length()} bits.")
    if field.kind is float and type(value) is int:
        value = float(value)
    if type(value) is not field.kind:
        words = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
        raise InputError(f"{name} must be {words[field.kind]}, got {value!r}.")
    if field.kind in (int, float):
        if not math.isfinite(value):
            raise InputError(f"{name} must be finite, got {value!r}.")
        low, high = knob.low, knob.high
        if (low is not None and value < low) or (high is not None and (value > high or (knob.below_high and value == high))):
            span = f"lie in [{low:g}, {high:g}{')' if knob.below_high else ']'}" if low is not None and high is not None else (
                f"be at least {low:g}" if low is not None else f"be {'below' if knob.below_high else 'at most'} {high:g}")
            raise InputError(f"{name} must {span}, got {value!r}.")
        if field.kind is float:
            value = value + 0.0  # -0.0 and 0.0 are one setting
    if knob.check is not None:
        knob.check(value)
    return value


def parse_value(field: Field, text: str) -> Any:
    """Return the value that ``text`` spells for ``field``, not yet checked against its range.

    Raises:
        InputError: If the text does not spell a value of the field's kind.
    """
    if field.kind is str:
        return text
    if field.kind is bool:
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if text.strip().lower() in words:
            return words[text.strip().lower()]
        raise InputError(f"{field.name} must be true or false, got {text!r}.")
    try:
        return field.kind(text)
    except ValueError:
        words = {int: "a whole number", float: "a number"}
        raise InputError(f"{field.name} must be {words[field.kind]}, got {text!r}.") from None


def apply_settings(config: Config, settings: list[str]) -> Config:
    """Return ``config`` with ``field=value`` settings applied in order.

    Raises:
        InputError: If a setting is malformed, names an unknown field or breaks the field's rule.
    """
    fields = {field.name: field for field in fields_of(type(config))}
    changes: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise InputError(f"a setting must read field=value, got {setting!r}.")
        if name not in fields:
            raise InputError(f"a setting must be one of {', '.join(sorted(fields))}, got {name!r}.")
        changes[name] = parse_value(fields[name], text)
    return config.replace(**changes)


def to_dict(config: Config) -> dict[str, Any]:
    """Return the config as JSON scalars, in declared order."""
    return {field.name: getattr(config, field.name) for field in fields_of(type(config))}


def effective(config: Config) -> dict[str, Any]:
    """Return what may change the numbers: the config as JSON scalars, in declared order, idle fields at their defaults."""
    idle = config.idle()
    return {field.name: field.default if field.name in idle else getattr(config, field.name) for field in fields_of(type(config))}


def alike(one: Config, other: Config) -> bool:
    """Return whether two configs ask for the same numbers: idle fields may differ."""
    return type(one) is type(other) and effective(one) == effective(other)


def from_dict(config_type: type[Config], values: object) -> Config:
    """Return the config that ``to_dict`` wrote.

    Raises:
        InputError: If ``values`` is not an object with exactly the fields of ``config_type``, all valid.
    """
    names = [field.name for field in fields_of(config_type)]
    if not isinstance(values, dict) or set(values) != set(names):
        raise InputError(f"a {config_type.__name__} must have exactly the fields {', '.join(names)}.")
    return config_type(**values)


def canonical(value: object) -> str:
    """Return the one JSON spelling of a value built of dicts, lists and JSON scalars.

    Raises:
        ValueError: If a number is not finite.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
