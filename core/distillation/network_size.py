"""What one pass through a network takes: multiplications, weights, memory."""

from dataclasses import dataclass

import torch
from torch import nn

BYTES = 4  # of a float32
TRAINED_COPIES = 3  # weights, gradients and running averages of SGD with momentum
PASSES = 3  # of a training step in units of the forward one: forward, and twice as much backward


@dataclass(frozen=True)
class Size:
    """Multiply-adds of one image, number of weights, and bytes held in a training step of ``batch`` images."""

    macs: int
    parameters: int
    training_bytes: int


@torch.no_grad()
def size_of(network: nn.Module, image_shape: tuple[int, int, int], *, batch: int = 64, call=None) -> Size:
    """Return the size of a network on images (C, H, W), counted by running it on one.

    Args:
        network: Any module of convolutions and linear layers; others count nothing.
        image_shape: Of one image.
        batch: Images of a training step, for its memory.
        call: Takes (network, image batch) where not the plain call is meant, for example a sub-network.
    """
    found = {"macs": 0, "numbers": 0}

    def count(module: nn.Module, inputs: tuple, output: torch.Tensor) -> None:
        if isinstance(module, nn.Linear):
            found["macs"] += module.weight.numel()
        elif isinstance(module, nn.ConvTranspose2d):
            found["macs"] += module.weight.numel() * inputs[0].shape[2] * inputs[0].shape[3]
        else:
            found["macs"] += module.weight.numel() * output.shape[2] * output.shape[3]
        found["numbers"] += output.numel()

    kinds = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)
    hooks = [module.register_forward_hook(count) for module in network.modules() if isinstance(module, kinds)]
    was_training = network.training
    network.eval()
    images = torch.zeros(1, *image_shape)
    network(images) if call is None else call(network, images)
    network.train(was_training)
    for hook in hooks:
        hook.remove()
    parameters = sum(parameter.numel() for parameter in network.parameters())
    return Size(found["macs"], parameters, BYTES * (TRAINED_COPIES * parameters + batch * found["numbers"]))
