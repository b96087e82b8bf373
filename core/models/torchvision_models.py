"""torchvision's classifiers by name, wrapped so that they return penultimate features beside logits."""

import difflib

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.data.torchvision_import import import_torchvision
from core.lab.errors import InputError

SMALLEST_SIDE = 64  # networks that halve the image five times need more than 32 pixels a side


class TorchvisionClassifier(nn.Module):
    """A torchvision network whose last linear layer is kept outside, so that what enters it can be returned."""

    def __init__(self, backbone: nn.Module, head: nn.Linear, side: int | None) -> None:
        """Wrap ``backbone`` (without its last layer); images become ``side`` pixels wide, or at least 64 where it is None."""
        super().__init__()
        self.backbone, self.head, self.side = backbone, head, side

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (N, classes) and what enters the last linear layer; grey images are repeated to three channels."""
        if x.shape[1] == 1:
            x = x.expand(-1, 3, -1, -1)
        smallest = min(x.shape[2:])
        if self.side is not None and tuple(x.shape[2:]) != (self.side, self.side):
            x = F.interpolate(x, size=(self.side, self.side), mode="bilinear", antialias=True)
        elif self.side is None and smallest < SMALLEST_SIDE:
            size = tuple(round(length * SMALLEST_SIDE / smallest) for length in x.shape[2:])
            x = F.interpolate(x, size=size, mode="bilinear")
        features = self.backbone(x)
        return self.head(features), features


def build_torchvision(name: str, n_classes: int, image_shape: tuple[int, int, int]) -> nn.Module:
    """Return torchvision's network ``name`` with fresh weights and ``n_classes`` outputs.

    Raises:
        InputError: If torchvision has no classifier of that name, or it cannot take images of this shape.
    """
    models = import_torchvision("models").models
    known = models.list_models(module=models)
    if name not in known:
        near = ", ".join(difflib.get_close_matches(name, known, n=3)) or "resnet18, vgg11_bn, vit_b_16"
        raise InputError(f"a torchvision model must be one that torchvision.models lists, got {name!r}: try {near}.")
    backbone = models.get_model(name, weights=None, num_classes=n_classes)
    place = next((path for path, module in reversed(list(backbone.named_modules())) if isinstance(module, nn.Linear)), "")
    parent = backbone.get_submodule(place.rpartition(".")[0]) if place else None
    head = backbone.get_submodule(place) if place else None
    if head is None or head.out_features != n_classes:
        raise InputError(f"a torchvision model must end in a linear layer, got {name!r}: choose a ResNet, VGG or ViT.")
    setattr(parent, place.rpartition(".")[2], nn.Identity())
    network = TorchvisionClassifier(backbone, head, getattr(backbone, "image_size", None))
    _try_once(network, name, n_classes, image_shape)
    return network


def _try_once(network: nn.Module, name: str, n_classes: int, image_shape: tuple[int, int, int]) -> None:
    network.eval()
    try:
        with torch.no_grad():
            logits, features = network(torch.zeros(1, *image_shape))
    except (RuntimeError, ValueError, AssertionError, AttributeError, TypeError) as error:
        raise InputError(f"torchvision model {name!r} cannot take images of shape {image_shape}: choose another one.") from error
    network.train()
    if logits.shape != (1, n_classes) or features.ndim != 2:
        raise InputError(f"a torchvision model must map one image to one row of logits, got {name!r}: choose another model.")
