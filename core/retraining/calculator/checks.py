"""What is refused before anything is computed: data that do not go together, a layer or weights that do not fit."""

import json
import struct
from pathlib import Path

from core.data.files import check_regular, named
from core.data.sources import load
from core.lab.errors import InputError
from core.retraining.calculator.config import NONE, IndexConfig
from core.retraining.data import check_same_classes
from core.retraining.layers import check_layer

LEAST_IMAGES = 200
WEIGHTS = "a file of weights"
MOST_BYTES = 2**32


def check_data(config: IndexConfig) -> None:
    """Refuse what cannot be computed; reads the data.

    Raises:
        InputError: See the module's docstring.
    """
    if config.weights != NONE:
        _shapes(config)  # what is no file of weights is told before anything large is read
    old = load(config.dataset)
    if len(old.y_train) < LEAST_IMAGES:
        raise InputError(f"old data must hold at least {LEAST_IMAGES} training images, got {len(old.y_train)}: add images.")
    if ":" in config.new:
        check_same_classes(old, load(config.new))
    shape = (old.x_train.shape[3], *old.x_train.shape[1:3])
    check_layer(config.model, config.width, len(old.class_names), shape, config.layer)
    if config.weights != NONE:
        check_weights(config, len(old.class_names), shape)


def weights_path(config: IndexConfig) -> Path:
    """Return the file of the weights that somebody named.

    Raises:
        InputError: If there is no such regular file.
    """
    path = named(config.weights, WEIGHTS)
    check_regular(path, WEIGHTS, MOST_BYTES)
    return path


def check_weights(config: IndexConfig, n_classes: int, shape: tuple[int, int, int]) -> None:
    """Refuse weights whose names or shapes are not those of the network, by the header of their file alone."""
    found = _shapes(config)
    from core.models.registry import build  # here, since it imports torch
    width = max(2, config.width // 2) if config.which == "half" else config.width
    wanted = {name: list(value.shape) for name, value in
              build(config.model, n_classes=n_classes, image_shape=shape, width=width).state_dict().items()}
    if found != wanted:
        wrong = sorted(name for name in {*found, *wanted} if found.get(name) != wanted.get(name))
        raise InputError(f"weights must be those of {config.model} of width {width} for {n_classes} classes, got a file in which "
                         f"{len(wrong)} of {len(wanted)} entries differ, such as {wrong[0]!r}: set model, width and which to match.")


def _shapes(config: IndexConfig) -> dict[str, list[int]]:
    """Return the names and shapes that a file of weights declares; no weight is read."""
    path = weights_path(config)
    try:
        with path.open("rb") as file:
            size = struct.unpack("<Q", file.read(8))[0]
            header = json.loads(file.read(min(size, 2**24)))
        return {name: list(entry["shape"]) for name, entry in header.items() if name != "__metadata__"}
    except (struct.error, ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError):
        raise InputError(f"{WEIGHTS} must be a safetensors file, got {path}: write it with safetensors.torch.save_file.") from None
