"""How a network is to be quantised, layer by layer, and a report of what that leaves in float."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd
import torch
from torch import Tensor, nn

from core.compression.bits import FLOAT_BITS, check_bits_or_float
from core.compression.quantiser import ActivationGrid
from core.compression.ranges import RangeRule
from core.lab.errors import InputError

COVERED = (nn.Conv2d, nn.Linear)


@dataclass(frozen=True)
class Quantisation:
    """What is asked of the quantiser.

    Attributes:
        weight_bits: 2 to 16, or 32 to leave weights in float.
        activation_bits: 2 to 16, or 32 to leave the inputs of layers in float.
        per_channel: Whether each output channel of a layer has a step of its own.
        weight_range: Where the grid of weights ends.
        activation_range: Where the grid of a layer's inputs ends.
        edge_bits: Width of weights and inputs in the first and the last layer where that is more than elsewhere; 0 makes no
            exception.
        image_bits: Width of the image itself, the first layer's input, where that is more than ``activation_bits``.
    """

    weight_bits: int = 8
    activation_bits: int = 8
    per_channel: bool = True
    weight_range: RangeRule = "min_max"
    activation_range: RangeRule = "min_max"
    edge_bits: int = 0
    image_bits: int = 8

    def __post_init__(self) -> None:
        """Refuse widths that the quantiser does not offer."""
        for bits in (self.weight_bits, self.activation_bits, self.image_bits):
            check_bits_or_float(bits)
        if self.edge_bits:
            check_bits_or_float(self.edge_bits)


@dataclass(frozen=True, eq=False)
class LayerPlan:
    """How one layer is quantised.

    Attributes:
        weight_bits: Width of its weights; 32 leaves them in float.
        input_bits: Width of its inputs; 32 leaves them in float.
        per_channel: Whether each output channel has a step of its own.
        weight_range: Where the grid of weights ends, when ``weight_scale`` is None.
        weight_scale: Fixed steps (C,) or (1,); None takes them from the weights as they are.
        inputs: Grid of the inputs; None leaves them in float.
    """

    weight_bits: int
    input_bits: int
    per_channel: bool = True
    weight_range: RangeRule = "min_max"
    weight_scale: Tensor | None = None
    inputs: ActivationGrid | None = None


Plan = Mapping[str, LayerPlan]


def layers_of(network: nn.Module) -> dict[str, nn.Module]:
    """Return the layers that can be quantised, convolutions and linear maps, by name in the order of the network's definition."""
    return {name: module for name, module in network.named_modules() if isinstance(module, COVERED)}


def weight_name(layer: str) -> str:
    """Return the name of a layer's weight in the state of its network."""
    return f"{layer}.weight"


def plan_widths(names: list[str], settings: Quantisation, bits: Mapping[str, int] | None = None) -> dict[str, LayerPlan]:
    """Return a plan without grids of inputs, which come from ``calibrated``.

    Args:
        names: Layers in order; the first sees the image, the last gives the logits.
        settings: Widths and rules.
        bits: Widths of weights by layer instead of ``settings.weight_bits``, such as an optimal allocation; exceptions for the
            first and last layer do not apply to them.

    Raises:
        InputError: If ``bits`` does not name the same layers.
    """
    if bits is not None and set(bits) != set(names):
        raise InputError(f"widths must name the {len(names)} layers {', '.join(names)}, got {', '.join(bits)}.")
    plan = {}
    for place, name in enumerate(names):
        edge = settings.edge_bits if place in (0, len(names) - 1) else 0
        # a request to leave weights or activations in float stands at the edges too
        weight_bits = settings.weight_bits if settings.weight_bits == FLOAT_BITS else max(settings.weight_bits, edge)
        input_bits = settings.activation_bits if settings.activation_bits == FLOAT_BITS else max(
            settings.activation_bits, edge, settings.image_bits if place == 0 else 0)
        if bits is not None:
            weight_bits = bits[name]
            check_bits_or_float(weight_bits)
        plan[name] = LayerPlan(weight_bits, input_bits, settings.per_channel, settings.weight_range)
    return plan


def with_scales(plan: Plan, scales: Mapping[str, Tensor]) -> dict[str, LayerPlan]:
    """Return the plan with fixed steps of weights for the layers named."""
    return {name: replace(layer, weight_scale=scales.get(name, layer.weight_scale)) for name, layer in plan.items()}


def coverage(network: nn.Module, plan: Plan) -> pd.DataFrame:
    """Return what the plan quantises and what it does not, one row per module that owns weights.

    Columns: layer, kind, n_weights, weight_bits, input_bits (32 where nothing is quantised), quantised (whether the weights are),
    note (why not, or which exception holds; empty otherwise).
    """
    rows = []
    for name, module in network.named_modules():
        own = dict(module.named_parameters(recurse=False))
        if not own:
            continue
        layer = plan.get(name)
        weight_bits, input_bits = (FLOAT_BITS, FLOAT_BITS) if layer is None else (layer.weight_bits, layer.input_bits)
        rows.append({"layer": name, "kind": _kind(module), "n_weights": sum(value.numel() for value in own.values()),
                     "weight_bits": weight_bits, "input_bits": input_bits, "quantised": weight_bits != FLOAT_BITS,
                     "note": _note(module, layer)})
    return pd.DataFrame(rows)


def _kind(module: nn.Module) -> str:
    for covered in COVERED:
        if isinstance(module, covered):
            return covered.__name__
    return type(module).__name__


def _note(module: nn.Module, layer: LayerPlan | None) -> str:
    if layer is None:
        return "stays in float: only convolutions and linear layers are quantised"
    if layer.weight_bits == FLOAT_BITS:
        return "weights stay in float, as asked"
    if module.bias is not None:
        return "its bias stays in float"
    return ""


def check_covers(network: nn.Module) -> None:
    """Refuse a network in which nothing could be quantised.

    Raises:
        InputError: If it has neither a convolution nor a linear layer.
    """
    if not layers_of(network):
        raise InputError(f"quantisation needs a convolution or a linear layer, got a {type(network).__name__} without any.")


def moved(plan: Plan, device: str | torch.device) -> dict[str, LayerPlan]:
    """Return the plan with its steps on ``device``."""
    return {name: layer if layer.weight_scale is None else replace(layer, weight_scale=layer.weight_scale.to(device))
            for name, layer in plan.items()}
