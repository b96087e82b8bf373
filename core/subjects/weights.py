"""Weights of a known architecture as a network: ``weights:PATH``, a safetensors file of the house's networks or of torchvision's.

The architecture is recognised by the names and shapes of its tensors, the number of classes by its head; nothing else is asked for.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor, nn

from core.data.torchvision_import import import_torchvision
from core.lab.errors import InputError
from core.models.names import MODEL_NAMES, TORCHVISION_NAMES
from core.models.registry import build
from core.models.torchvision_models import TorchvisionClassifier
from core.models.weights_file import WHAT, Header, check_finite, read_header, shown

FAMILIES = (  # the beginning of a tensor's name, and torchvision's models whose tensors are named so
    ("layer1.0.", ("resnet", "resnext", "wide_resnet")), ("features.denseblock1.", ("densenet",)), ("encoder.layers.", ("vit",)),
    ("stem.0.", ("regnet",)), ("stage2.0.", ("shufflenet",)), ("trunk_output.", ("regnet",)), ("inception3a.", ("googlenet",)),
    ("Mixed_5b.", ("inception",)), ("layers.0.", ("mnasnet",)), ("stem.", ("maxvit", "regnet")),
    ("features.", ("vgg", "alexnet", "mobilenet", "efficientnet", "convnext", "swin", "squeezenet")))
HEADS = ("fc.weight", "heads.head.weight", "head.weight", "classifier.6.weight", "classifier.5.weight", "classifier.3.weight",
         "classifier.2.weight", "classifier.1.weight", "classifier.weight")
LATE = ("num_batches_tracked",)


@dataclass(frozen=True)
class Recognised:
    """An architecture: ``name`` and ``width`` as ``core.models.registry.build`` takes them, and the number of classes."""

    name: str
    width: int
    n_classes: int


def load_weights(path: Path, image_shape: tuple[int, int, int]) -> tuple[nn.Module, Recognised]:
    """Return the network that a file holds, in evaluation mode, for images (C, H, W); every fault is found first.

    Raises:
        InputError: If the file is no whole safetensors file, a value is not finite, or the network is none that is known.
    """
    header = read_header(path)
    check_finite(path, header)
    found, network = _recognised(header, image_shape)
    state = {header.plain[name]: values for name, values in safetensors.torch.load_file(path).items()}
    with torch.no_grad():
        network = network.to_empty(device="cpu")
        missing = network.load_state_dict({name: values.float() if values.is_floating_point() else values
                                           for name, values in _kept(state).items()}, strict=False).missing_keys
        for name, buffer in network.named_buffers():
            if name in missing:
                buffer.zero_()
    return _with_features(network, found).eval(), found


def _kept(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: values for name, values in state.items() if not name.endswith(LATE)}


def _recognised(header: Header, image_shape: tuple[int, int, int]) -> tuple[Recognised, nn.Module]:
    """Return the architecture whose tensors are those of the file, and the network without weights."""
    shapes = {header.plain[name]: shape for name, shape in header.shapes.items() if not name.endswith(LATE)}
    near: tuple[int, Recognised | None] = (0, None)
    for one, network in _candidates(shapes, image_shape):
        wanted = {name: tuple(value.shape) for name, value in network.state_dict().items() if not name.endswith(LATE)}
        if wanted == shapes:
            return one, network
        if set(wanted) == set(shapes):
            near = max(near, (sum(wanted[name] == shapes[name] for name in wanted), one), key=lambda pair: pair[0])
    if near[1] is not None:
        raise InputError(f"{WHAT} of {near[1].name} must fit the data's images of {' x '.join(map(str, image_shape))} (channels, height, "
                         f"width), got one whose layers have other sizes: choose the data that it was trained on.")
    some = ", ".join(shown(name) for name in itertools.islice(shapes, 3))
    raise InputError(f"{WHAT} must be those of a known network ({', '.join(MODEL_NAMES)}, or one of torchvision's such as resnet18, "
                     f"vgg11_bn, vit_b_16), got {len(shapes)} tensors such as {some}: export any other network as ONNX and give onnx:PATH.")


def _candidates(shapes: dict[str, tuple[int, ...]], image_shape: tuple[int, int, int]) -> Iterator[tuple[Recognised, nn.Module]]:
    """Yield the architectures that a file may hold, each with its network on no device."""
    head = next((shapes[name] for name in HEADS if len(shapes.get(name, ())) == 2), None)
    n_classes = 2 if head is None else max(head[0], 2)
    widths = {"cnn": shapes.get("blocks.0.0.weight", (0,))[0], "cnn_groupnorm": shapes.get("blocks.0.0.weight", (0,))[0],
              "resnet18": shapes.get("stem.weight", (0,))[0] // 4, "resnet20": shapes.get("stem.weight", (0,))[0],
              "mlp": shapes.get("first.weight", (0,))[0] // 16}
    with torch.device("meta"):
        for name, width in widths.items():
            if width > 0:
                yield Recognised(name, width, n_classes), build(name, n_classes=n_classes, image_shape=image_shape, width=width)
        families = {family for begin, names in FAMILIES if any(name.startswith(begin) for name in shapes) for family in names}
        models = import_torchvision("models").models if families else None
        for name in TORCHVISION_NAMES if families else ():
            if name.startswith(tuple(families)):
                has_helper = any(key.startswith(("aux", "AuxLogits")) for key in shapes)
                options = {"aux_logits": has_helper} if name in ("googlenet", "inception_v3") else {}
                network = models.get_model(name, weights=None, num_classes=n_classes, **options)
                yield Recognised(f"torchvision:{name}", 16, n_classes), network


def _with_features(network: nn.Module, found: Recognised) -> nn.Module:
    """Return a network that tells logits and features; torchvision's own tell logits alone."""
    if not found.name.startswith("torchvision:"):
        return network
    place = next((path for path, module in reversed(list(network.named_modules())) if isinstance(module, nn.Linear)), "")
    head = network.get_submodule(place) if place else None
    if head is None or head.out_features != found.n_classes:
        raise InputError(f"a torchvision model must end in a linear layer, got {found.name}: export it as ONNX and give onnx:PATH.")
    setattr(network.get_submodule(place.rpartition(".")[0]), place.rpartition(".")[2], nn.Identity())
    return TorchvisionClassifier(network, head, getattr(network, "image_size", None))
