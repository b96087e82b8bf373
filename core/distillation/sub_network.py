"""Sub-networks at work: BatchNorm estimated again for each, answers, and time measured on this machine."""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from core.distillation.network_size import size_of
from core.models.blocks import BlockNet
from core.training.images import to_input
from core.training.workbench import State

BATCH = 128
TIMED_IMAGES, TIMES = 100, 15


@dataclass(frozen=True)
class SubNetwork:
    """One way to run a network: without the ``dropped`` blocks, or until the exit after stage ``stage``."""

    dropped: frozenset[int] = frozenset()
    stage: int | None = None

    def __call__(self, network: BlockNet, x: Tensor) -> Tensor:
        """Return logits of inputs."""
        return network(x, self.dropped)[0] if self.stage is None else network.until(x, self.stage)


def member_state(state: State, member: str) -> State:
    """Return the state of one network of a trio: ``leader``, ``first`` or ``second``."""
    return {name.removeprefix(f"{member}."): value for name, value in state.items() if name.startswith(f"{member}.")}


@torch.no_grad()
def recalibrated(network: BlockNet, sub: SubNetwork, images: np.ndarray) -> BlockNet:
    """Return a copy whose BatchNorm statistics are those of ``images`` run through the sub-network; one forward pass, no weight moves.

    Shared statistics are a mixture over depths, which fits none of them.
    """
    fresh = copy.deepcopy(network).train()
    for module in fresh.modules():
        if isinstance(module, _BatchNorm):
            module.reset_running_stats()
            module.momentum = None  # a plain mean over batches
    for part in torch.from_numpy(images).split(BATCH):
        sub(fresh, to_input(part))
    return fresh.eval()


@torch.no_grad()
def logits_of(network: BlockNet, sub: SubNetwork, images: np.ndarray) -> np.ndarray:
    """Return float32 logits (N, C) of uint8 images."""
    network.eval()
    return torch.cat([sub(network, to_input(part)) for part in torch.from_numpy(images).split(BATCH)]).float().numpy()


@torch.no_grad()
def milliseconds(network: BlockNet, sub: SubNetwork, images: np.ndarray) -> float:
    """Return the wall time of 100 images on one thread of this machine: the median of 15 passes."""
    x = to_input(torch.from_numpy(images[:TIMED_IMAGES]))
    network.eval()
    sub(network, x)
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        sub(network, x)
        times.append(time.perf_counter() - started)
    return 1000.0 * float(np.median(times)) * TIMED_IMAGES / len(x)


def macs_of(network: BlockNet, sub: SubNetwork, shape: tuple[int, int, int]) -> int:
    """Return the multiply-adds of one image (C, H, W)."""
    call: Callable[[nn.Module, Tensor], Tensor] = sub
    return size_of(network, shape, call=call).macs
