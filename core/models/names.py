"""The architectures that can be asked for by name. Imports no torch, so that specs and forms can list them."""

import re

from core.lab.errors import InputError
from core.models.heads import parse_head

MODEL_NAMES = ("cnn", "cnn_groupnorm", "resnet18", "resnet20", "mlp")
MODEL_TITLES = {
    "cnn": "Small CNN (three blocks, BatchNorm)",
    "cnn_groupnorm": "Small CNN with GroupNorm",
    "resnet18": "ResNet-18 for small images",
    "resnet20": "ResNet-20 for small images",
    "mlp": "Multilayer perceptron",
}
TORCHVISION_PREFIX = "torchvision:"
OWN_MODELS = ("lenet5", "autoencoder")
"""Networks that one room builds for itself; forms of other rooms do not offer them."""
BLOCKS = r"(blocks|blocks_exits|blocks_trio):([1-9][0-9]?(?:-[1-9][0-9]?)*)"
"""Residual networks with droppable blocks, by blocks a stage: ``blocks:3-3-3``; see ``core.models.blocks``."""


def check_model(name: str) -> None:
    """Refuse a model name that cannot exist; whether torchvision has the named model is known only when it is built.

    Raises:
        InputError: If ``name`` is neither in ``MODEL_NAMES`` nor of the form ``torchvision:NAME``, or what follows a plus in it
            is no head.
    """
    base, plus, head = name.partition("+")
    if base in MODEL_NAMES or re.fullmatch(rf"{TORCHVISION_PREFIX}[a-z][a-z0-9_]*", base):
        if plus:
            parse_head(head)
        return
    raise InputError(
        f"model must be one of {', '.join(MODEL_NAMES)} or torchvision:NAME (such as torchvision:resnet18), got {name!r}."
    )


def check_buildable(name: str) -> None:
    """Refuse a name that ``core.models.registry.build`` does not know: those of ``check_model``, and networks of single rooms.

    Raises:
        InputError: If nothing of that name can be built.
    """
    if name not in OWN_MODELS and not re.fullmatch(BLOCKS, name):
        check_model(name)


def can_be_batched(name: str) -> bool:
    """Return whether several such models can train in one batched computation: torchvision's, with dropout, cannot."""
    return not name.startswith(TORCHVISION_PREFIX)
