"""Build any model by name. Every model maps float NCHW images to (logits, penultimate features)."""

import re

from torch import nn

from core.lab.errors import InputError
from core.models.autoencoder import Autoencoder
from core.models.blocks import BlockNet, Trio
from core.models.cnn import Cnn, group_norm
from core.models.heads import parse_head
from core.models.lenet import LeNet5
from core.models.mlp import Mlp
from core.models.names import BLOCKS, PATCH_TRANSFORMER, SCALED, TORCHVISION_PREFIX, check_buildable
from core.models.resnet import ResNet
from core.models.with_head import replace_head

SMALLEST_IMAGE = 8


def build(name: str, *, n_classes: int, image_shape: tuple[int, int, int], width: int = 16) -> nn.Module:
    """Return a freshly initialised network; its initial weights come from torch's global generator.

    Args:
        name: One of ``MODEL_NAMES`` or ``torchvision:NAME``, optionally with another head, see ``core.models.heads``.
        n_classes: Number of logits, at least 2.
        image_shape: (C, H, W) with one or three channels and sides of at least 8 pixels.
        width: Channels of the first stage (``mlp``: sixteenths of a layer's units). torchvision models have a fixed width.

    Returns:
        A module whose ``forward(x)`` returns logits (N, n_classes) and features (N, D).

    Raises:
        InputError: If the name is unknown, the images are too small or have other than 1 or 3 channels.

    Example:
        >>> sum(p.numel() for p in build("cnn", n_classes=10, image_shape=(1, 28, 28)).parameters())
        98554
    """
    check_buildable(name)
    channels, height, breadth = image_shape
    if channels not in (1, 3) or min(height, breadth) < SMALLEST_IMAGE:
        raise InputError(
            f"images must have 1 or 3 channels and sides of at least {SMALLEST_IMAGE} pixels, "
            f"got {channels} x {height} x {breadth} (channels x height x width): convert or enlarge them."
        )
    if n_classes < 2:
        raise InputError(f"a classifier needs at least 2 classes, got {n_classes}.")
    if name == "lenet5":
        return LeNet5(n_classes, image_shape)
    if name == "autoencoder":
        return Autoencoder(image_shape)
    if name == PATCH_TRANSFORMER:
        from core.models.patch_transformer import PatchTransformer  # one room's; the others need not read it

        patch = next(side for side in (7, 8, 4, 2, 1) if height % side == 0 and breadth % side == 0)
        return PatchTransformer(n_classes, image_shape, placement="pre", width=3 * width, heads=3, patch=patch)
    if named := re.fullmatch(BLOCKS, name):
        return _blocks(named[1], n_classes, image_shape, width, tuple(int(count) for count in named[2].split("-")))
    if scaled := re.fullmatch(SCALED, name):
        from core.models.scaled import Scaled  # given weights alone need it

        return Scaled(build(scaled[1], n_classes=n_classes, image_shape=image_shape, width=width), scaled[2], channels)
    name, plus, head = name.partition("+")
    if plus:
        network = build(name, n_classes=n_classes, image_shape=image_shape, width=width)
        return replace_head(network, parse_head(head))
    if name.startswith(TORCHVISION_PREFIX):
        from core.models.torchvision_models import build_torchvision  # torchvision takes a second to import

        return build_torchvision(name.removeprefix(TORCHVISION_PREFIX), n_classes, image_shape)
    if name == "mlp":
        return Mlp(n_classes, image_shape, width)
    if name == "cnn":
        return Cnn(n_classes, image_shape, width, nn.BatchNorm2d)
    if name == "cnn_groupnorm":
        return Cnn(n_classes, image_shape, width, group_norm)
    # width 16 is each family's published size: 64 channels for ResNet-18, 16 for ResNet-20
    if name == "resnet18":
        return ResNet(n_classes, image_shape, 4 * width, (2, 2, 2, 2))
    return ResNet(n_classes, image_shape, width, (3, 3, 3))


def _blocks(kind: str, n_classes: int, image_shape: tuple[int, int, int], width: int, per_stage: tuple[int, ...]) -> nn.Module:
    own = kind.endswith("_own")
    if kind.startswith("blocks_trio"):
        return Trio(n_classes, image_shape, width, per_stage, own_norms=own)
    return BlockNet(n_classes, image_shape, width, per_stage, exits=kind == "blocks_exits", own_norms=own)
