"""Networks whose convolutions and linear layers round their weights and inputs as a plan says.

Layers are exchanged for ones that share the same weights under the same names, so that states, masks and training work as before.
"""

import copy
from typing import Any

from torch import Tensor, nn

from core.compression.bits import FLOAT_BITS
from core.compression.plan import LayerPlan, Plan, layers_of, moved
from core.compression.quantiser import round_activations, round_weights
from core.compression.ranges import weight_scale
from core.training.workbench import State


def rounded_weight(weight: Tensor, layer: LayerPlan) -> Tensor:
    """Return the weights (C, ...) as the plan of their layer rounds them; gradients pass straight through."""
    if layer.weight_bits == FLOAT_BITS:
        return weight
    scale = layer.weight_scale
    if scale is None:
        scale = weight_scale(weight, layer.weight_bits, per_channel=layer.per_channel, rule=layer.weight_range)
    return round_weights(weight, scale, layer.weight_bits)


def rounded_input(x: Tensor, layer: LayerPlan) -> Tensor:
    """Return the inputs of a layer as its plan rounds them."""
    return x if layer.inputs is None else round_activations(x, layer.inputs)


class QuantisedConv2d(nn.Conv2d):
    """A convolution that rounds its weights and inputs in every pass."""

    plan: LayerPlan

    def forward(self, x: Tensor) -> Tensor:
        """Return the convolution of the rounded input with the rounded weights; the bias is left as it is."""
        return self._conv_forward(rounded_input(x, self.plan), rounded_weight(self.weight, self.plan), self.bias)


class QuantisedLinear(nn.Linear):
    """A linear layer that rounds its weights and inputs in every pass."""

    plan: LayerPlan

    def forward(self, x: Tensor) -> Tensor:
        """Return the product of the rounded input with the rounded weights; the bias is left as it is."""
        return nn.functional.linear(rounded_input(x, self.plan), rounded_weight(self.weight, self.plan), self.bias)


def quantised(network: nn.Module, plan: Plan) -> nn.Module:
    """Return a copy of the network that rounds weights and inputs as planned, weights anew in every pass."""
    twin = copy.deepcopy(network)
    install(twin, plan)
    return twin


def install(network: nn.Module, plan: Plan) -> None:
    """Make ``network`` itself round as planned; its parameters stay the same objects under the same names."""
    plan = moved(plan, next(network.parameters()).device)
    for name, layer in layers_of(network).items():
        if name in plan:
            replace_module(network, name, _sharing(layer, plan[name]))


def replace_module(network: nn.Module, name: str, module: nn.Module) -> None:
    """Put ``module`` where ``network`` has the one called ``name``."""
    path, _, last = name.rpartition(".")
    setattr(network.get_submodule(path), last, module)


def _sharing(layer: Any, plan: LayerPlan) -> nn.Module:
    if isinstance(layer, nn.Conv2d):
        twin: Any = QuantisedConv2d(
            layer.in_channels, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, layer.dilation, layer.groups,
            layer.bias is not None, layer.padding_mode, device="meta")
    else:
        twin = QuantisedLinear(layer.in_features, layer.out_features, layer.bias is not None, device="meta")
    twin.weight, twin.bias, twin.plan = layer.weight, layer.bias, plan
    return twin.train(layer.training)


def dequantised_state(state: State, plan: Plan) -> State:
    """Return a copy of a network's state whose weights lie on their grids: what the float graph computes with after rounding."""
    rounded = dict(state)
    for name, layer in plan.items():
        rounded[f"{name}.weight"] = rounded_weight(state[f"{name}.weight"], layer).detach()
    return rounded
