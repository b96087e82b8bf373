"""The control of every stripping: equally many values elsewhere in the same layers, moved by exactly the same amounts."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from core.lab.errors import InputError
from core.models.normalisation import NormPlace
from core.training.workbench import State


@dataclass(frozen=True, eq=False)
class Displaced:
    """A state with displaced values.

    Attributes:
        state: All weights.
        moved: Boolean tensors by parameter name: True where a value was displaced.
        amounts: By how much, one number per displaced value.
    """

    state: State
    moved: State
    amounts: np.ndarray


def stripping_amounts(state: Mapping[str, Tensor], norms: Iterable[NormPlace]) -> np.ndarray:
    """Return by how much stripping moves each scale and bias of ``norms``: 1 - w and -b, one after the other."""
    parts = []
    for norm in norms:
        parts.append(1.0 - state[f"{norm.name}.weight"].flatten())
        if norm.has_bias:
            parts.append(-state[f"{norm.name}.bias"].flatten())
    return torch.cat(parts).double().numpy()


def displace_elsewhere(network: nn.Module, state: Mapping[str, Tensor], norms: Iterable[NormPlace], rng: np.random.Generator) -> Displaced:
    """Return a state whose norms are as they were and where randomly chosen biases of linear layers moved instead.

    The biases lie in the layers of ``norms``; as many are chosen as stripping would set, and they receive the same amounts in random
    order. A network without such biases has entries of its linear layers' weights displaced. Where there are fewer places than
    amounts, a random part of the amounts is used.

    Raises:
        InputError: If there is no linear layer in the layers of ``norms``: a control that moves nothing is none.
    """
    norms = tuple(norms)
    layers = {norm.layer for norm in norms}
    names = _places(network, layers, "bias") or _places(network, layers, "weight")
    if not names:
        raise InputError(f"a model must have linear layers beside its norms, for the control, got {type(network).__name__} without: "
                         "choose another model.")
    sizes = [state[name].numel() for name in names]
    amounts = rng.permutation(stripping_amounts(state, norms))[: sum(sizes)]
    chosen = rng.choice(sum(sizes), size=len(amounts), replace=False)
    moved_flat, added = np.zeros(sum(sizes), dtype=bool), np.zeros(sum(sizes))
    moved_flat[chosen], added[chosen] = True, amounts
    changed, moved, offset = dict(state), {}, 0
    for name, size in zip(names, sizes, strict=True):
        part = slice(offset, offset + size)
        shape = state[name].shape
        changed[name] = state[name] + torch.from_numpy(added[part].reshape(tuple(shape))).to(state[name].dtype)
        moved[name] = torch.from_numpy(moved_flat[part].reshape(tuple(shape)))
        offset += size
    return Displaced(changed, moved, amounts)


def _places(network: nn.Module, layers: set[int], kind: str) -> list[str]:
    """Return the biases or weights of linear layers inside transformer layers, by name."""
    names = []
    for path, module in network.named_modules():
        number = re.search(r"(?:^|[._])(\d+)\.", path)
        if _is_linear(module) and number and int(number[1]) + 1 in layers and getattr(module, kind) is not None:
            names.append(f"{path}.{kind}")
    return names


def _is_linear(module: nn.Module) -> bool:
    """Return whether a module is a linear layer; GPT-2's are transformers' Conv1D, which is one with its weight transposed."""
    return isinstance(module, nn.Linear) or type(module).__name__ == "Conv1D"
