"""What calibration images do to a float network: the inputs of its layers, measured once, serve any number of settings."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from core.compression.compressed_model import FloatModel, float_network
from core.compression.folding import folded_state
from core.compression.layers import layers_of
from core.compression.ranges import Seen, seen
from core.lab.errors import InputError
from core.training.images import to_input
from core.training.workbench import State


@dataclass(frozen=True, eq=False)
class Calibration:
    """A float network on its calibration images.

    Attributes:
        reference: Its state; with ``folded`` the state of the same function in which BatchNorm is folded.
        folded: Whether it is.
        inputs: What was seen of the input of each convolution and linear layer, by module path in the order of the computation.
        images: The calibration images, uint8 (n, H, W, C).
    """

    reference: State
    folded: bool
    inputs: Mapping[str, Seen]
    images: Tensor


def calibrate(model: FloatModel, images: Tensor, *, folded: bool) -> Calibration:
    """Return what uint8 images (N, H, W, C) are to every layer of the float network.

    Raises:
        InputError: If there is no image, or no layer that could be quantised.
    """
    if not len(images):
        raise InputError("calibration needs at least one image, got none.")
    network = float_network(model)
    if not layers_of(network):
        raise InputError(f"quantisation needs a convolution or a linear layer, got {model.architecture.model} without any.")
    reference = folded_state(model) if folded else model.state
    network.load_state_dict(reference)
    return Calibration(reference, folded, seen_inputs(network, images), images)


def seen_inputs(network: nn.Module, images: Tensor) -> dict[str, Seen]:
    """Return what reaches every convolution and linear layer, by module path in the order of the computation."""
    network.eval()
    with torch.no_grad(), watched_inputs(network, list(layers_of(network)), seen) as record:
        network(to_input(images, next(network.parameters()).dtype))
    return record


@contextmanager
def watched_inputs(network: nn.Module, paths: list[str], take: Callable[[Tensor], Any]) -> Iterator[dict[str, Any]]:
    """Give a record that holds ``take`` of the input of each module named, once ``network`` has run inside."""
    record: dict[str, Any] = {}

    def keeper(path: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def keep(module: nn.Module, arguments: tuple[Tensor, ...]) -> None:
            record[path] = take(arguments[0].detach())

        return keep

    handles = [network.get_submodule(path).register_forward_pre_hook(keeper(path)) for path in paths]
    try:
        yield record
    finally:
        for handle in handles:
            handle.remove()
