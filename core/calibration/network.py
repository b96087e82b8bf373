"""A network that adapts while it predicts: which weights may move, and where its normalisation takes its statistics from."""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from core.lab.errors import InputError
from core.training.images import to_input

State = dict[str, Tensor]
NORMS = (_BatchNorm, nn.LayerNorm, nn.GroupNorm)


@dataclass(frozen=True, eq=False)
class Subject:
    """A trained network and its parts.

    Attributes:
        build: Returns a fresh network of its shape.
        state: Its weights and buffers.
        further: Weights of further networks trained alike, for an ensemble.
        dtype: Arithmetic of convolutions and products; norms and losses stay in float32.
    """

    build: Callable[[], nn.Module]
    state: State
    further: tuple[State, ...] = ()
    dtype: torch.dtype = torch.float32

    def network(self, state: State | None = None, *, batch_statistics: bool) -> nn.Module:
        """Return a copy of the network that normalises by the batch, or by what was kept from training; no gradients yet."""
        network = self.build()
        network.load_state_dict(self.state if state is None else state)
        network = network.to(memory_format=torch.channels_last).eval().requires_grad_(False)
        if batch_statistics:
            take_batch_statistics(network)
        return network

    def forward(self, network: nn.Module, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return float32 logits (B, C) and features (B, D) of uint8 images (B, H, W, C)."""
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.dtype == torch.bfloat16):
            logits, features = network(to_input(images))
        return logits.float(), features.float()

    @property
    def has_batch_norm(self) -> bool:
        """Whether there is BatchNorm in it."""
        return any(isinstance(module, _BatchNorm) for module in self.build().modules())


def take_batch_statistics(network: nn.Module) -> None:
    """Let every BatchNorm normalise by the batch and leave its running averages alone (a momentum of zero adds nothing to them)."""
    for module in network.modules():
        if isinstance(module, _BatchNorm):
            module.train()
            module.momentum = 0.0


def norm_weights(network: nn.Module) -> list[nn.Parameter]:
    """Return scales and shifts of all norms, and let them alone take gradients.

    Raises:
        InputError: If there is no norm with weights.
    """
    found = [weight for module in network.modules() if isinstance(module, NORMS) for weight in module.parameters(recurse=False)]
    if not found:
        raise InputError(f"adapting by norms needs a network with norms that have weights, got {type(network).__name__}: choose model=cnn.")
    for weight in found:
        weight.requires_grad_(True)
    return found


def clone(network: nn.Module) -> nn.Module:
    """Return a copy that shares nothing."""
    return copy.deepcopy(network)
