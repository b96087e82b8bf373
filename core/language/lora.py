"""Low-rank adaptation of linear layers (Hu et al. 2022, section 4.1): W + (alpha / rank) B A with A and B alone trained.

The layers stay what they are: the low-rank part is added by a hook, so that names, shapes and hooks of others keep working, and is
merged into the weights at the end.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.lab.seeds import torch_seed
from core.language.model import LanguageModel

ADAPTED = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True, eq=False)
class LowRank:
    """The addition to one layer.

    Attributes:
        layer: The adapted layer.
        down: A, (rank, in).
        up: B, (out, rank); zeros at first.
        scale: alpha / rank.
    """

    layer: nn.Linear
    down: nn.Parameter
    up: nn.Parameter
    scale: float

    def added(self, x: Tensor) -> Tensor:
        """Return what is added to the layer's output for inputs ``x`` (..., in)."""
        return (x @ self.down.T @ self.up.T) * self.scale

    @torch.no_grad()
    def merge(self) -> None:
        """Add the product to the layer's weight for good."""
        self.layer.weight += (self.scale * (self.up @ self.down)).to(self.layer.weight.dtype)


@contextmanager
def adapted(model: LanguageModel, rank: int, *, alpha: float, seed: int,
            names: Sequence[str] = ADAPTED) -> Iterator[list[nn.Parameter]]:
    """Adapt linear layers of every block inside, and yield what is to be trained; afterwards the weights hold the result.

    Args:
        model: Whose network is adapted, in place.
        rank: Of A and B, at most the smaller side of a layer.
        alpha: Strength; the product is multiplied by alpha / rank.
        seed: Draws A, uniform as linear layers are initialised.
        names: Of the layers that are adapted; without them, every linear one.
    """
    parts = list(_parts(model, rank, alpha, seed, names))
    handles = [part.layer.register_forward_hook(_adding(part)) for part in parts]
    try:
        yield [parameter for part in parts for parameter in (part.down, part.up)]
    finally:
        for handle in handles:
            handle.remove()
    for part in parts:
        part.merge()


def _parts(model: LanguageModel, rank: int, alpha: float, seed: int, names: Sequence[str]) -> Iterator[LowRank]:
    rng = torch.Generator().manual_seed(torch_seed(seed, "low rank"))
    for name, layer in model.network.model.layers.named_modules():
        if name.rpartition(".")[2] in names:
            size = min(rank, layer.in_features, layer.out_features)
            down = (torch.rand(size, layer.in_features, generator=rng) * 2 - 1) / layer.in_features**0.5
            up = torch.zeros(layer.out_features, size)
            yield LowRank(layer, *(nn.Parameter(part.to(layer.weight)) for part in (down, up)), alpha / size)


def _adding(part: LowRank):
    return lambda layer, given, output: output + part.added(given[0])
