"""One model being trained: its network, all weights as one flat vector, and a second network for half precision.

The flat float32 vector is the truth. The parameters of ``network`` are views of it; those of ``working``, which computes the
gradients, are views of it too, or of a bfloat16 copy that follows every step. BatchNorm stays in float32 for its running
averages. Convolution weights lie channels last in the vector, as the images do.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from core.lab.seeds import torch_seed
from core.models.registry import build
from core.training.config import TrainingConfig

State = dict[str, Tensor]


def fresh_network(
    config: TrainingConfig, *, n_classes: int, image_shape: tuple[int, int, int], seed: int, index: int
) -> nn.Module:
    """Return the network of model ``index`` with its initial weights, on the CPU; torch's global generator is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(torch_seed(seed, "initial weights", index))
        return build(config.model, n_classes=n_classes, image_shape=image_shape, width=config.width)


def state_of(network: nn.Module) -> State:
    """Return a contiguous CPU copy of weights and buffers."""
    return {
        name: value.detach().cpu().clone(memory_format=torch.contiguous_format) for name, value in network.state_dict().items()
    }


@dataclass(eq=False)
class Workbench:
    """See the module's docstring. ``half`` is None when the work is done in float32."""

    network: nn.Module
    working: nn.Module
    weights: Tensor
    half: Tensor | None
    frozen_norms: tuple[nn.Module, ...] = ()

    def __post_init__(self) -> None:
        """Lay out one vector for the gradients, a view of it for each parameter."""
        self._gradient = torch.zeros_like(self.weights)
        self._gradient_places = list(_views(self.working, self._gradient))

    @property
    def dtype(self) -> torch.dtype:
        """The arithmetic of the working network."""
        return torch.float32 if self.half is None else self.half.dtype

    def train_mode(self) -> None:
        """Put the working network into training mode; norms without a trainable weight keep their running averages."""
        self.working.train()
        for module in self.frozen_norms:
            module.eval()

    def gradient(self) -> Tensor:
        """Return the gradient of all weights as one float32 vector, good until the next call, and clear it in the network."""
        for parameter, place in self._gradient_places:
            if parameter.grad is None:
                place.zero_()
            else:
                place.copy_(parameter.grad)
                parameter.grad = None
        return self._gradient

    def follow(self) -> None:
        """Bring the half-precision copy up to date with the weights."""
        if self.half is not None:
            self.half.copy_(self.weights)


def make_workbench(
    network: nn.Module, dtype: torch.dtype, device: str, trainable: State | None = None
) -> tuple[Workbench, Tensor | None]:
    """Return the workbench of ``network`` and the flat mask of its trainable weights (None when all are)."""
    network = network.to(device)
    parameters = list(network.parameters())
    weights = torch.cat([flattened(parameter.detach()) for parameter in parameters])
    _attach(network, weights, None)
    working, half = network, None
    if dtype != torch.float32:
        half = weights.to(dtype)
        working = copy.deepcopy(network)
        _attach(working, weights, half)
        _share_buffers(network, working)
    mask, frozen = None, ()
    if trainable is not None:
        mask = torch.cat([flattened(trainable[name].to(device)) for name, _ in network.named_parameters()]).bool()
        frozen = tuple(
            module
            for path, module in working.named_modules()
            if isinstance(module, _BatchNorm)
            and not any(trainable[f"{path}.{name}"].any() for name, _ in module.named_parameters())
        )
    return Workbench(network, working, weights, half, frozen), mask


def flattened(tensor: Tensor) -> Tensor:
    """Return the entries of a weight in the order of the flat vector: channels last for convolutions."""
    return (tensor.movedim(1, -1) if tensor.ndim == 4 else tensor).reshape(-1)


def flat_view(flat: Tensor, shape: torch.Size) -> Tensor:
    """Return the weight of ``shape`` that ``flattened`` put into ``flat``, as a view."""
    if len(shape) != 4:
        return flat.view(shape)
    return flat.view(shape[0], *shape[2:], shape[1]).movedim(-1, 1)


def _attach(network: nn.Module, weights: Tensor, half: Tensor | None) -> None:
    norms = {id(parameter) for module in network.modules() if isinstance(module, _BatchNorm) for parameter in module.parameters()}
    halves = [view for _, view in _views(network, weights if half is None else half)]
    for (parameter, view), half_view in zip(list(_views(network, weights)), halves, strict=True):
        parameter.data = view if id(parameter) in norms else half_view


def _views(network: nn.Module, flat: Tensor) -> Iterator[tuple[nn.Parameter, Tensor]]:
    """Yield each parameter with its view of ``flat``."""
    offset = 0
    for parameter in network.parameters():
        yield parameter, flat_view(flat[offset : offset + parameter.numel()], parameter.shape)
        offset += parameter.numel()


def _share_buffers(network: nn.Module, working: nn.Module) -> None:
    for module, twin in zip(network.modules(), working.modules(), strict=True):
        for name, buffer in module.named_buffers(recurse=False):
            setattr(twin, name, buffer)
