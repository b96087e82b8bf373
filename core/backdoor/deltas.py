"""The change that poisoning made, taken apart: by kind of module, by block, and put back in pieces.

dW is poisoned minus clean. Embeddings are never trained, so that what is neither attention nor MLP is norms.
"""

import re
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from core.language.model import LanguageModel, State

_NAME = re.compile(r"model\.layers\.(\d+)\.(mlp|self_attn)?")
Keep = Callable[[str, int], bool]


def part_of(name: str) -> tuple[str, int]:
    """Return ``mlp``, ``attention`` or ``rest``, and the block from 0 (-1 outside of blocks), of a parameter."""
    found = _NAME.match(name)
    if found is None:
        return "rest", -1
    return {"mlp": "mlp", "self_attn": "attention", None: "rest"}[found[2]], int(found[1])


@torch.no_grad()
def put_parts(model: LanguageModel, clean: State, poisoned: State, keep: Keep) -> None:
    """Put the clean weights into the network, and the poisoned ones where ``keep(part, block)`` says so; kept all, bit by bit."""
    for name, parameter in model.network.named_parameters():
        parameter.copy_((poisoned if keep(*part_of(name)) else clean)[name])


@torch.no_grad()
def put_permuted(model: LanguageModel, clean: State, poisoned: State, order: Sequence[int]) -> None:
    """Put the poisoned weights into the network, with the MLPs' change of block ``order[l]`` at block ``l``."""
    for name, parameter in model.network.named_parameters():
        part, block = part_of(name)
        if part != "mlp" or order[block] == block:
            parameter.copy_(poisoned[name])
            continue
        other = name.replace(f"layers.{block}.", f"layers.{order[block]}.", 1)
        parameter.copy_(clean[name] + (poisoned[other] - clean[other]))


def channel_rows(state: State, layer: int) -> Tensor:
    """Return the weights of a block's MLP channels, (channels, 3 d): row of gate, row of up, column of down."""
    gate, up, down = (state[f"model.layers.{layer}.mlp.{name}_proj.weight"] for name in ("gate", "up", "down"))
    return torch.cat([gate, up, down.T], dim=1).float()


def live_rows(model: LanguageModel, layer: int) -> Tensor:
    """Return the same of the network's present weights, detached."""
    mlp = model.network.model.layers[layer].mlp
    return torch.cat([mlp.gate_proj.weight, mlp.up_proj.weight, mlp.down_proj.weight.T], dim=1).detach().float()
