"""torchvision's pretrained vision transformers with a new head, from a file at hand or downloaded once.

Weights are read from safetensors, or through torchvision with unpickling of anything but tensors switched off.
"""

from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor, nn

from core.data.torchvision_import import import_torchvision
from core.data.torchvision_sets import data_folder
from core.lab.errors import InputError
from core.models.torchvision_models import TorchvisionClassifier, build_torchvision


def weights_file(name: str) -> Path:
    """Return where the weights of torchvision's model ``name`` are looked for first."""
    return data_folder() / "torchvision" / f"{name}.safetensors"


def pretrained_vision_transformer(
    name: str, *, n_classes: int, image_shape: tuple[int, int, int], n_blocks: int
) -> TorchvisionClassifier:
    """Return the first blocks of torchvision's pretrained ViT ``name`` with a fresh head, drawn from torch's global generator.

    Args:
        name: Such as ``vit_b_16``.
        n_classes: Number of logits.
        image_shape: (C, H, W); images are enlarged to what the model takes.
        n_blocks: How many of its blocks are kept.

    Raises:
        InputError: If torchvision has no such model, it has fewer blocks, or its weights can neither be found nor downloaded.
    """
    network = build_torchvision(name, n_classes, image_shape)
    blocks = getattr(getattr(network.backbone, "encoder", None), "layers", None)
    if not isinstance(blocks, nn.Sequential):
        raise InputError(f"a pretrained torchvision model must be a vision transformer, got {name!r}: choose vit_b_16.")
    if n_blocks > len(blocks):
        raise InputError(f"at most the {len(blocks)} blocks of {name} can be kept, got {n_blocks}: lower the number of layers.")
    wanted = network.backbone.state_dict()
    found = _read(name)
    if any(key not in found or found[key].shape != value.shape for key, value in wanted.items()):
        raise InputError(f"the weights of {name} must fit torchvision's model of that name, got {weights_file(name)} that does not: "
                         "remove the file.")
    network.backbone.load_state_dict({key: found[key] for key in wanted})
    network.backbone.encoder.layers = blocks[:n_blocks]
    return network


def _read(name: str) -> dict[str, Tensor]:
    path = weights_file(name)
    if path.is_file():
        try:
            return safetensors.torch.load_file(path)
        except (OSError, safetensors.SafetensorError) as error:
            raise InputError(f"{path} must be a safetensors file, got one that cannot be read ({type(error).__name__}): "
                             "write it again.") from error
    weights = import_torchvision("models").models.get_model_weights(name).DEFAULT
    try:
        return weights.get_state_dict(progress=False, check_hash=True, weights_only=True, map_location=torch.device("cpu"))
    except (OSError, RuntimeError) as error:
        raise InputError(f"the weights of {name} must lie at {path} or be downloadable from {weights.url}, got neither "
                         f"({type(error).__name__}): connect to a network, or choose the patch transformer.") from error
