"""The architectures that can be asked for by name. Imports no torch, so that specs and forms can list them."""

import difflib
import re

from core.lab.errors import InputError
from core.models.heads import parse_head

MODEL_NAMES = ("cnn", "cnn_groupnorm", "resnet18", "resnet20", "mlp")
TORCHVISION_PREFIX = "torchvision:"
TORCHVISION_NAMES = (
    "alexnet", "convnext_base", "convnext_large", "convnext_small", "convnext_tiny", "densenet121", "densenet161", "densenet169",
    "densenet201", "efficientnet_b0", "efficientnet_b1", "efficientnet_b2", "efficientnet_b3", "efficientnet_b4",
    "efficientnet_b5", "efficientnet_b6", "efficientnet_b7", "efficientnet_v2_l", "efficientnet_v2_m", "efficientnet_v2_s",
    "googlenet", "inception_v3", "maxvit_t", "mnasnet0_5", "mnasnet0_75", "mnasnet1_0", "mnasnet1_3", "mobilenet_v2",
    "mobilenet_v3_large", "mobilenet_v3_small", "regnet_x_16gf", "regnet_x_1_6gf", "regnet_x_32gf", "regnet_x_3_2gf",
    "regnet_x_400mf", "regnet_x_800mf", "regnet_x_8gf", "regnet_y_128gf", "regnet_y_16gf", "regnet_y_1_6gf", "regnet_y_32gf",
    "regnet_y_3_2gf", "regnet_y_400mf", "regnet_y_800mf", "regnet_y_8gf", "resnet101", "resnet152", "resnet18", "resnet34",
    "resnet50", "resnext101_32x8d", "resnext101_64x4d", "resnext50_32x4d", "shufflenet_v2_x0_5", "shufflenet_v2_x1_0",
    "shufflenet_v2_x1_5", "shufflenet_v2_x2_0", "squeezenet1_0", "squeezenet1_1", "swin_b", "swin_s", "swin_t", "swin_v2_b",
    "swin_v2_s", "swin_v2_t", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn", "vit_b_16",
    "vit_b_32", "vit_h_14", "vit_l_16", "vit_l_32", "wide_resnet101_2", "wide_resnet50_2",
)
"""Classifiers of the pinned torchvision, by name, so that a wrong one is refused before anything is imported; a test keeps them alike."""
PATCH_TRANSFORMER = "patch_transformer"
OWN_MODELS = ("lenet5", "autoencoder", PATCH_TRANSFORMER)
"""Networks that one room builds for itself; forms of other rooms do not offer them."""
SCALED = r"(torchvision:[a-z][a-z0-9_]*)@(one|two|imagenet|bytes)"
"""A network of torchvision that takes the house's pixels and brings them to another scale first: that of the weights it was given."""
BLOCKS = r"(blocks|blocks_exits|blocks_trio|blocks_own|blocks_trio_own):([1-9][0-9]?(?:-[1-9][0-9]?)*)"
"""Residual networks with droppable blocks, by blocks a stage: ``blocks:3-3-3``; see ``core.models.blocks``. Those that end in ``own`` have
BatchNorms of their own for each depth."""


def check_model(name: str) -> None:
    """Refuse a model name that does not exist; whether torchvision's takes images of a size is known only when it is built.

    Raises:
        InputError: If ``name`` is neither in ``MODEL_NAMES`` nor of the form ``torchvision:NAME``, or what follows a plus in it
            is no head.
    """
    base, plus, head = name.partition("+")
    if scaled := re.fullmatch(SCALED, base):
        base = scaled[1]
    theirs = re.fullmatch(rf"{TORCHVISION_PREFIX}([a-z][a-z0-9_]*)", base)
    if theirs and theirs[1] not in TORCHVISION_NAMES:
        near = ", ".join(difflib.get_close_matches(theirs[1], TORCHVISION_NAMES, n=3)) or "resnet18, vgg11_bn, vit_b_16"
        raise InputError(f"a torchvision model must be one that torchvision.models lists, got {theirs[1]!r}: try {near}.")
    if base in MODEL_NAMES or theirs:
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
