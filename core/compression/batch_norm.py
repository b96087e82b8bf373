"""Running averages of BatchNorm measured anew, as after any change of the weights before it."""

import copy

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from core.lab.errors import InputError
from core.training.images import to_input
from core.training.workbench import State

BATCH = 250


def has_batch_norm(network: nn.Module) -> bool:
    """Return whether there is anything to measure."""
    return any(isinstance(module, _BatchNorm) for module in network.modules())


def reestimated(network: nn.Module, images: Tensor) -> State:
    """Return the running averages of every BatchNorm over the images, by the names they have in the network's state.

    Each is the mean over equal batches of at most 250 images, all layers measured in the same passes. A network without
    BatchNorm has none.

    Args:
        network: Float or quantised; it is left as it is.
        images: uint8 (N, H, W, C), at least 2.

    Raises:
        InputError: If there are fewer than 2 images.
    """
    if len(images) < 2:
        raise InputError(f"BatchNorm statistics need at least 2 images, got {len(images)}: take more.")
    twin = copy.deepcopy(network).eval()
    norms = {name: module for name, module in twin.named_modules() if isinstance(module, _BatchNorm)}
    if not norms:
        return {}
    for module in norms.values():
        module.reset_running_stats()
        module.momentum = None  # the mean over all batches instead of a moving average
        module.train()
    dtype = next(twin.parameters()).dtype
    with torch.no_grad():
        for batch in images.tensor_split(-(-len(images) // BATCH)):
            twin(to_input(batch, dtype))
    return {f"{name}.{part}": getattr(module, part).detach().cpu().clone() for name, module in norms.items()
            for part in ("running_mean", "running_var")}
