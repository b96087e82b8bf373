"""Networks whose layers round their weights and inputs in every pass, for training through the rounding.

Layers are exchanged for ones that share the same weights under the same names, so that states, masks and optimisers work as before.
"""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from core.compression.layers import LayerPlan, layers_of, rounded_weight
from core.compression.quantiser import round_activation


class QuantisedConv2d(nn.Conv2d):
    """A convolution that rounds its weights and inputs in every pass; its bias stays in float."""

    plan: LayerPlan

    def forward(self, x: Tensor) -> Tensor:
        """Return the convolution of the rounded input with the rounded weights."""
        return self._conv_forward(_rounded_input(x, self.plan), rounded_weight(self.weight, self.plan), self.bias)


class QuantisedLinear(nn.Linear):
    """A linear layer that rounds its weights and inputs in every pass; its bias stays in float."""

    plan: LayerPlan

    def forward(self, x: Tensor) -> Tensor:
        """Return the product of the rounded input with the rounded weights."""
        return nn.functional.linear(_rounded_input(x, self.plan), rounded_weight(self.weight, self.plan), self.bias)


def _rounded_input(x: Tensor, layer: LayerPlan) -> Tensor:
    return x if layer.inputs is None else round_activation(x, layer.inputs)


def install(network: nn.Module, layers: Mapping[str, LayerPlan]) -> None:
    """Make ``network`` round as planned; its parameters stay the same objects under the same names."""
    for path, layer in layers_of(network).items():
        if path in layers:
            replace_module(network, path, _sharing(layer, layers[path]))


def replace_module(network: nn.Module, path: str, module: nn.Module) -> None:
    """Put ``module`` where ``network`` has the one at ``path``."""
    parent, _, last = path.rpartition(".")
    setattr(network.get_submodule(parent), last, module)


def _sharing(layer: Any, plan: LayerPlan) -> nn.Module:
    if isinstance(layer, nn.Conv2d):
        twin: Any = QuantisedConv2d(
            layer.in_channels, layer.out_channels, layer.kernel_size, layer.stride, layer.padding, layer.dilation, layer.groups,
            layer.bias is not None, layer.padding_mode, device="meta")
    else:
        twin = QuantisedLinear(layer.in_features, layer.out_features, layer.bias is not None, device="meta")
    twin.weight, twin.bias, twin.plan = layer.weight, layer.bias, plan
    return twin.train(layer.training)
