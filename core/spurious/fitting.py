"""Classes and sizes of a study that data which somebody brings allow. Imports no torch."""

import numpy as np

from core.data.sources import load
from core.lab.config import Config
from core.lab.errors import InputError
from core.spurious.data_rules import FEWEST, KNOWN, classes_of
from core.subjects.given import is_given

FEWEST_VALIDATION = 4


def fit(config: Config) -> dict[str, int | str]:
    """Return classes that exist, and numbers of images that their smallest class allows; nothing for known data.

    Raises:
        InputError: If a class has so few images that no setting helps.
    """
    if config.dataset in KNOWN:
        return {}
    data = load(config.dataset)
    n_classes, found, beside = len(data.class_names), {}, {}
    if is_given(config.model) and data.attribute_train is not None:  # what others trained knows no mark of ours
        beside = {"cue": "attribute", "classes": "all"}
        config = config.replace(**beside)
    if max(config.biased_class, config.harmed_class) >= n_classes:
        found = {"biased_class": 0, "harmed_class": 1}
    counts = np.bincount(data.y_train, minlength=n_classes)
    room = config.room_config() if hasattr(config, "room_config") else config
    pair = found.values() if found else classes_of(data, room)
    smallest = int(min((counts[label] for label in pair if label < n_classes), default=0))
    if smallest < FEWEST + FEWEST_VALIDATION:
        raise InputError(f"every class needs {FEWEST} training images beside {FEWEST_VALIDATION} for validation, got {smallest} in "
                         f"{data.title}: add images.")
    validation = min(config.n_validation, max(FEWEST_VALIDATION, smallest // 6))
    return found | beside | {"n_validation": validation, "n_train": min(config.n_train, max(smallest - validation, 1))}
