"""torchvision's pretrained vision transformers with a new head, from a file at hand or downloaded once.

Weights are read from safetensors, or through torchvision with unpickling of anything but tensors switched off.
"""

import sys

import safetensors.torch
import torch
from torch import Tensor, nn

from core.data.torchvision_import import import_torchvision
from core.lab.errors import InputError
from core.models.torchvision_models import TorchvisionClassifier, build_torchvision
from core.models.vision_weights import LAYER, check_blocks, misfit, weights_file


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
    check_blocks(name, len(blocks), n_blocks)
    wanted = network.backbone.state_dict()
    found = _read(name)
    if any(key not in found or found[key].shape != value.shape for key, value in wanted.items()):
        raise InputError(misfit(name))
    network.backbone.load_state_dict({key: found[key] for key in wanted})
    network.backbone.encoder.layers = blocks[:n_blocks]
    network.head.reset_parameters()  # torchvision begins with zeros, of which nothing can be measured before training
    return network


def _read(name: str) -> dict[str, Tensor]:
    path = weights_file(name)
    if path.is_file():
        try:
            return safetensors.torch.load_file(path)
        except (OSError, safetensors.SafetensorError) as error:
            raise InputError(f"{path} must be a safetensors file, got one that cannot be read ({type(error).__name__}): "
                             "write it again.") from error
    weights = _published(name)
    try:
        return weights.get_state_dict(progress=False, check_hash=True, weights_only=True, map_location=torch.device("cpu"))
    except (OSError, RuntimeError) as error:
        raise InputError(f"the weights of {name} must lie at {path} or be downloadable from {weights.url}, got neither "
                         f"({type(error).__name__}): connect to a network, or choose the patch transformer.") from error


def _published(name: str):
    """Return torchvision's record of the weights of a vision transformer."""
    models = import_torchvision("models").models
    known = [one for one in models.list_models(module=models) if one.startswith("vit_")]
    if name not in known:
        raise InputError(f"a torchvision model must be one of {', '.join(known)} here, got {name!r}.")
    return models.get_model_weights(name).DEFAULT


def main(name: str) -> None:
    """Fetch weights and print their address and how many blocks they have: for a process that must not load torch."""
    try:
        found = _read(name)
        blocks = {key.removeprefix(LAYER).partition(".")[0] for key in found if key.startswith(LAYER)}
        sys.stdout.write(f"{_published(name).url} {len(blocks)}\n")
    except InputError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1])
