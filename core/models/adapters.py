"""Low-rank adapters as PEFT saves them, added to a network's weights for good (Hu et al. 2022): W + scale B A."""

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor, nn

from core.lab.errors import InputError
from core.models.model_folder import ADAPTER_CONFIG, ADAPTER_WEIGHTS
from core.models.weights_file import shown

PREFIX = "base_model.model."
_PART = re.compile(r"(.+)\.(lora_[AB]|lora_embedding_[AB])(?:\.\w+)?(?:\.weight)?")


def merge(network: nn.Module, folder: Path) -> None:
    """Add the adapter in a folder to a network, in place: products to the weights, and layers that were trained whole in place of theirs.

    Raises:
        InputError: If a tensor of the adapter finds no place of its size in the network.
    """
    told = json.loads((folder / ADAPTER_CONFIG).read_text())
    tensors = safetensors.torch.load_file(folder / ADAPTER_WEIGHTS)
    pairs: dict[str, dict[str, Tensor]] = {}
    with torch.no_grad():
        for name, value in tensors.items():
            plain = name.removeprefix(PREFIX).replace(".modules_to_save.default.", ".").replace(".modules_to_save.", ".")
            if part := _PART.fullmatch(plain):
                pairs.setdefault(part[1], {})[part[2][-1]] = value
                pairs[part[1]] |= {"embedding": value} if "embedding" in part[2] else {}
            else:
                place = _parameter(network, plain, name)
                if place.shape != value.shape:
                    raise _misfit(folder, name)
                place.copy_(value)
        for path, pair in pairs.items():
            _add(network, path, pair, told, folder)


def _add(network: nn.Module, path: str, pair: Mapping[str, Tensor], told: Mapping[str, object], folder: Path) -> None:
    weight = _parameter(network, f"{path}.weight", path)
    if not {"A", "B"} <= set(pair):
        raise _misfit(folder, path)
    rank = min(pair["A"].shape)
    alpha = float(_of_layer(told, "alpha_pattern", "lora_alpha", path, 8))
    scale = alpha / (math.sqrt(rank) if told.get("use_rslora") else rank)
    try:
        added = scale * (pair["B"].float() @ pair["A"].float())
    except RuntimeError:
        raise _misfit(folder, path) from None
    if told.get("fan_in_fan_out") or "embedding" in pair:  # Conv1D and embeddings keep (in, out)
        added = added.T
    if added.shape != weight.shape:
        raise _misfit(folder, path)
    weight.copy_(weight.float() + added)


def _of_layer(told: Mapping[str, object], patterns: str, usual: str, path: str, default: int) -> object:
    found = told.get(patterns)
    if isinstance(found, dict):
        for pattern, value in found.items():
            if path == pattern or path.endswith(f".{pattern}"):
                return value
    return told.get(usual, default)


def _parameter(network: nn.Module, path: str, name: str) -> nn.Parameter:
    """Return a parameter by its path, also in a body that lacks the prefix under which a whole model keeps it."""
    inner = getattr(network, "base_model_prefix", "")
    for one in (path, path.removeprefix(f"{inner}."), f"{inner}.{path}"):
        try:
            return network.get_parameter(one)
        except AttributeError:
            continue
    raise InputError(f"an adapter must fit its base, got one with {shown(name)}, which the base lacks: name the base that it was trained "
                     "on.")


def _misfit(folder: Path, name: str) -> InputError:
    return InputError(f"an adapter must fit its base, got {folder} whose {shown(name)} has another size: name the base that it was trained "
                      "on.")
