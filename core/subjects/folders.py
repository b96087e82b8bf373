"""Folders of transformers that hold a classifier with its own head: ``transformers:FOLDER``, of images or of texts. Imports no torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from core.lab.errors import InputError
from core.models.checkpoints import PREFIX, Checkpoint, check_tokenizer, obtain
from core.models.model_folder import read_folder, read_object

Kind = Literal["images", "texts"]
ENDINGS: Mapping[str, Kind] = {"ForImageClassification": "images", "ForSequenceClassification": "texts"}
PLAIN, UNNAMED = "label_", "class "  # how transformers and this house call classes that nobody named


def is_folder(source: str) -> bool:
    """Return whether a source names a folder of transformers."""
    return source.startswith(PREFIX)


def kind_of(source: str) -> tuple[Checkpoint, Kind]:
    """Return a folder and whether its classifier takes images or texts.

    Raises:
        InputError: If it is missing, damaged, or holds no classifier of one class an example.
    """
    found = obtain(source)
    config = {} if found.gguf else read_folder(found.folder).config
    told = config.get("architectures")
    name = str(told[0]) if isinstance(told, list) and told else ""
    kind = next((kind for ending, kind in ENDINGS.items() if name.endswith(ending)), None)
    if kind is None or config.get("problem_type") == "multi_label_classification" or len(class_names(found)) < 2:
        told = name[:60] or f"of the family {str(config.get('model_type', 'unknown'))[:40]}"
        raise InputError("a folder of transformers must hold a classifier of images or texts with its own head (ForImageClassification or "
                         f"ForSequenceClassification, at least two classes, one for each example), got {told}: choose one, or open models "
                         "that write text in the rooms safety and backdoor.")
    if kind == "texts":
        check_tokenizer(found)
    return found, kind


def class_names(checkpoint: Checkpoint) -> tuple[str, ...]:
    """Return the names of a classifier's classes in the order of its outputs, as its configuration has them."""
    told = {} if checkpoint.gguf else read_folder(checkpoint.folder).config.get("id2label")
    if not isinstance(told, dict):  # transformers writes no names where there are two classes without any
        config = {} if checkpoint.gguf else read_folder(checkpoint.folder).config
        number = config.get("num_labels", 2)
        return tuple(f"LABEL_{place}" for place in range(number if isinstance(number, int) else 2))
    return tuple(str(name) for _, name in sorted(told.items(), key=lambda pair: int(pair[0])))


def order_of(names: Sequence[str], known: Sequence[str]) -> tuple[np.ndarray, str]:
    """Return which output of a model each of the data's classes is, and a clause that says how that was found.

    Args:
        names: The data's classes.
        known: The model's, in the order of its outputs.

    Raises:
        InputError: If they cannot be told apart.
    """
    place = {name.strip().casefold(): index for index, name in enumerate(known)}
    asked = [name.strip().casefold().removeprefix(UNNAMED) for name in names]
    if len(place) == len(known) and all(name in place for name in asked):
        return np.array([place[name] for name in asked]), "classes were matched by their names"
    if all(name.isdecimal() and int(name) < len(known) for name in asked):
        return np.array([int(name) for name in asked]), "classes were matched by their numbers"
    if len(names) == len(known) and all(name.startswith(PLAIN) or name.isdecimal() for name in place):
        return np.arange(len(names)), "the model does not name its classes, so that they were taken in the data's order"
    raise InputError(f"the data's classes must be the model's, got {len(set(asked) - set(place))} of {len(asked)} that it does not know "
                     f"(it tells {len(known)} apart): name them as its id2label does, or number them as its outputs.")


@dataclass(frozen=True)
class Preprocessing:
    """What an image goes through before a model sees it: (factor x - mean) / spread, at a size and with a number of channels."""

    mean: tuple[float, ...]
    spread: tuple[float, ...]
    factor: float
    size: tuple[int, int] | None
    channels: int


def preprocessing_of(folder: Path) -> Preprocessing:
    """Return the preprocessing that a folder writes down; pixels from 0 to 1 where it writes none.

    Raises:
        InputError: If it cannot be read, or asks for numbers that are none.
    """
    path = folder / "preprocessor_config.json"
    config, told = read_folder(folder).config, read_object(path, path.name) if path.is_file() else {"do_normalize": False}
    channels = 1 if config.get("num_channels") == 1 else 3
    try:
        normal = told.get("do_normalize", True)
        mean = np.resize(np.asarray(told.get("image_mean", 0.5) if normal else 0.0, float), channels)
        spread = np.resize(np.asarray(told.get("image_std", 0.5) if normal else 1.0, float), channels)
        factor = float(told.get("rescale_factor", 1 / 255)) if told.get("do_rescale", True) else 1.0
        is_sound = np.isfinite([*mean, *spread, factor]).all() and (spread > 0).all()
    except (TypeError, ValueError):
        is_sound = False
    if not is_sound:
        raise InputError(f"{path.name} must give finite numbers for image_mean and positive ones for image_std, got others in {folder}: "
                         "save the model's image processor again.")
    size = _size(told.get("crop_size") if told.get("do_center_crop") else told.get("size")) or _size(config.get("image_size"))
    return Preprocessing(tuple(mean.tolist()), tuple(spread.tolist()), factor, size, channels)


def _size(told: object) -> tuple[int, int] | None:
    if isinstance(told, dict):
        edge = told.get("shortest_edge")
        told = (told.get("height", edge), told.get("width", edge))
    if isinstance(told, int):
        told = (told, told)
    return tuple(told) if isinstance(told, list | tuple) and len(told) == 2 and all(isinstance(one, int) for one in told) else None
