"""Magnitude pruning: masks of the weights that stay, exact to the weight, and networks in which the others are zero.

Source: the criterion studied by Tran et al. 2022, "Pruning Has a Disparate Impact on Model Accuracy", section 3.
"""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor

from core.compression.compressed_model import CompressedModel, FloatModel, float_network
from core.compression.folding import norm_pairs
from core.compression.layers import layer_reports, layers_of
from core.lab.errors import InputError
from core.training.workbench import State

Scope = Literal["global", "layer"]
Unit = Literal["weight", "filter"]
MOST_PRUNED = 0.95


def prune(model: FloatModel, sparsity: float, *, scope: Scope = "global", unit: Unit = "weight") -> CompressedModel:
    """Return the network without its smallest weights; biases and norms stay.

    Args:
        model: The float network.
        sparsity: Share of the weights (or filters) of convolutions and linear layers that is set to zero, 0 to 0.95.
        scope: ``global`` lets all of them compete, ``layer`` takes the share of every layer.
        unit: ``weight`` compares absolute weights. ``filter`` compares the root mean squares of whole output channels and removes a
            channel with its bias and its norm, so that it carries nothing on; the last layer, whose channels are the classes,
            stays.

    Raises:
        InputError: If the share lies outside its range.
    """
    if not 0.0 <= sparsity <= MOST_PRUNED:
        raise InputError(f"sparsity must lie in [0, {MOST_PRUNED}], got {sparsity:g}: 0.5 removes every other weight.")
    network = float_network(model)
    paths = list(layers_of(network))
    if unit == "weight":
        kept = kept_weights({f"{path}.weight": model.state[f"{path}.weight"] for path in paths}, sparsity, scope)
    else:
        pairs = norm_pairs(network, model.architecture.image_shape)
        channels = kept_filters({path: model.state[f"{path}.weight"] for path in paths[:-1]}, sparsity, scope)
        kept = _filter_masks(model.state, channels, pairs)
    state = masked(model.state, kept)
    return CompressedModel(model.architecture, state, model.state, {}, layer_reports(network, state, {}), kept)


def kept_weights(weights: State, sparsity: float, scope: Scope) -> State:
    """Return masks by name, True where a weight stays: all but exactly round(sparsity * n) of those that compete.

    Among equals the earlier weight goes first.
    """
    return _kept({name: value.abs() for name, value in weights.items()}, sparsity, scope)


def kept_filters(weights: State, sparsity: float, scope: Scope) -> State:
    """Return masks (C,) by layer, True where an output channel stays; channels compete by the root mean square of their weights.

    A layer keeps at least its largest channel, without which nothing would pass it.
    """
    sizes = {path: value.flatten(1).square().mean(1).sqrt() for path, value in weights.items()}
    kept = _kept(sizes, sparsity, scope)
    for path, channels in kept.items():
        channels[sizes[path].argmax()] = True
    return kept


def _kept(sizes: State, sparsity: float, scope: Scope) -> State:
    if scope == "layer":
        return {name: _all_but_smallest(value.flatten(), sparsity).view(value.shape) for name, value in sizes.items()}
    kept = _all_but_smallest(torch.cat([value.flatten() for value in sizes.values()]), sparsity)
    parts = kept.split([value.numel() for value in sizes.values()])
    return {name: part.view(value.shape).clone() for (name, value), part in zip(sizes.items(), parts, strict=True)}


def _all_but_smallest(sizes: Tensor, share: float) -> Tensor:
    kept = torch.ones(len(sizes), dtype=torch.bool)
    # a stable order makes ties go to the earlier weight, so that the count is exact
    kept[torch.sort(sizes, stable=True).indices[: round(share * len(sizes))]] = False
    return kept


def _filter_masks(state: State, channels: State, pairs: Mapping[str, str]) -> State:
    """Return masks by parameter name: of the weights, the bias and the following norm of every removed channel."""
    masks = {}
    for path, kept in channels.items():
        weight = state[f"{path}.weight"]
        masks[f"{path}.weight"] = kept.view(-1, *[1] * (weight.ndim - 1)).expand(weight.shape).clone()
        shared = [f"{path}.bias"]
        if path in pairs:
            shared += [f"{pairs[path]}.weight", f"{pairs[path]}.bias"]
        masks |= {name: kept for name in shared if name in state}
    return masks


def masked(state: State, kept: State) -> State:
    """Return a copy of the state with zeros where a mask is False."""
    return {name: value * kept[name] if name in kept else value for name, value in state.items()}
