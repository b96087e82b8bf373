"""Sizes that follow from data that somebody brings: what a setting asks for beyond what there is comes down to it, and is said.

Only settings that nobody chose are fitted. What no size can mend stays with the rules of the room.
"""

from collections.abc import Collection, Mapping

from core.lab.config import Config, fields_of
from core.lab.errors import InputError
from core.lab.experiment import Experiment, load_object


def fitted(experiment: Experiment, config: Config, chosen: Collection[str]) -> tuple[Config, str]:
    """Return the settings as the data allows them, and a clause that says what was fitted; empty where nothing was.

    Args:
        experiment: Whose ``fit`` knows what its data must offer.
        config: The settings.
        chosen: Names of settings that somebody chose.

    Raises:
        InputError: If the data cannot be read.
    """
    if not experiment.fit:
        return config, ""
    wanted: Mapping[str, object] = load_object(experiment.fit)(config)
    changes = {name: value for name, value in wanted.items() if name not in chosen and getattr(config, name) != value}
    if not changes:
        return config, ""
    try:
        made = config.replace(**changes)
    except InputError:  # sizes that a setting of the visitor's forbids: the room's own rules tell which
        return config, ""
    labels = {field.name: field.knob.label for field in fields_of(type(config))}
    told = ", ".join(f"{labels[name].lower()} {_words(getattr(config, name))} to {_words(value)}" for name, value in changes.items())
    return made, f"fitted to your data: {told}"


def _words(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
